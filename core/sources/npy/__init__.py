"""NumPy's formats: one array in .npy, several in .npz."""

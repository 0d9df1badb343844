"""Values of groups by their names: `result["east"]`, as in a dict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        ItemsView,
        Iterator,
        KeysView,
        Sequence,
        ValuesView,
    )

    import pyarrow as pa

    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group

    Name = str | tuple[str, ...]

Value = TypeVar("Value")
Other = TypeVar("Other")


class ByName(Generic[Value]):
    """What has a value for each group, by its name.

    A name is text: the value of the column that was grouped by; a tuple of several, outermost
    first, and of the name of the column with `by_column`. Without groups there are no names, and
    a number of the tables is an attribute.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def settings(self) -> EvalSettings: ...
        @property
        def groups(self) -> Sequence[Group]: ...
        @property
        def overall(self) -> Any: ...
        def __float__(self) -> float: ...
        def to_arrow(self) -> pa.Table: ...

    def _at(self, place: int) -> Value:
        """The value of the group at a place among all groups, at one beta."""
        raise NotImplementedError

    def __getitem__(self, name: Name) -> Value:
        """The value of a group by its name.

        Raises:
            KeyError: There is no such group.
            SettingsError: There are several betas; `entries` has all.
        """
        from smoothl1.results.by_name import place_of  # late, since most read all

        return self._at(place_of(name, self.settings, self.groups))

    def __contains__(self, name: object) -> bool:
        """Whether there is a group of that name."""
        from smoothl1.results.by_name import has_group

        return has_group(name, self.settings, self.groups)

    def keys(self) -> KeysView[Name]:
        """The names of the groups, in their order; a TypeError without groups."""
        return dict.fromkeys(self._names()).keys()

    @overload
    def get(self, name: object) -> Value | None: ...
    @overload
    def get(self, name: object, default: Other) -> Value | Other: ...
    def get(self, name: object, default: object = None) -> object:
        """The value of a group by its name; the default if there is no such group.

        Raises:
            SettingsError: There are several betas; `entries` has all.
        """
        if name not in self:
            return default
        return self[name]  # type: ignore[index]  # it is the name of a group

    def items(self) -> ItemsView[Name, Value]:
        """The name of each group with its value.

        Raises:
            TypeError: There are no groups.
            SettingsError: There are several betas; `entries` has all.
        """
        return self._as_dict().items()

    def values(self) -> ValuesView[Value]:
        """The value of each group.

        Raises:
            TypeError: There are no groups.
            SettingsError: There are several betas; `entries` has all.
        """
        return self._of_groups()

    def _of_groups(self) -> ValuesView[Value]:
        return self._as_dict().values()

    def _names(self) -> list[Name]:
        self._check_grouped()
        names = (tuple(group.named().values()) for group in self.groups)
        return [name[0] if len(name) == 1 else name for name in names]

    def _as_dict(self) -> dict[Name, Value]:
        names = self._names()
        if names:
            self[names[0]]  # refuses several betas; else by place, since a name is searched for
        return {name: self._at(place) for place, name in enumerate(names)}

    def _numbers(self) -> Collection[str]:
        """The names of the numbers that tables have of each group."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        """A number by its name in tables, such as `stderr`, if there is one beta and no groups."""
        if name == "__array__" and self.settings.is_grouped:
            return self._refuse_array
        if name.startswith("_"):
            raise AttributeError(f"a {type(self).__name__} has no attribute {name!r}")
        from smoothl1.results.by_name import number_of  # late: most ask for the mean

        return number_of(self, name, self._numbers())

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._numbers()})

    def __format__(self, spec: str) -> str:
        """The number of `float()`, as a format such as ".3f" says; else a short representation."""
        return format(float(self), spec) if spec else str(self)

    def __iter__(self) -> Iterator[Name]:
        """The names of the groups, as those of a dict; a TypeError without groups."""
        return iter(self._names())

    def __len__(self) -> int:
        """The number of groups; a TypeError without groups: NumPy must not see an empty list."""
        self._check_grouped()
        return len(self.groups)

    def __bool__(self) -> bool:
        return True

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table of `to_arrow`, for Polars, DuckDB and all that takes tables of Arrow."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def _refuse_array(self, *_: object, **__: object) -> NoReturn:
        """Refuse to be an array: NumPy and pandas would make one of the names of the groups."""
        what = f"a {type(self).__name__} of groups is no array"
        raise TypeError(f"{what}: to_pandas() and to_arrow() are its table")

    def _check_grouped(self) -> None:
        if not self.settings.is_grouped:
            what = f"a {type(self).__name__} without groups is not iterable and has no length"
            raise TypeError(f"{what}: by=... makes groups, and to_pandas() has all numbers")


class Values(tuple[float, ...]):  # noqa: SLOT001 - tuples have no room for slots
    """The numbers of `result.values`. `result.values()` gives those of a dict: of each group one.

    Args:
        numbers: The numbers.
        each: Gives the value of each group.
    """

    _each: Callable[[], ValuesView[Any]]

    def __new__(cls, numbers: tuple[float, ...], each: Callable[[], ValuesView[Any]]) -> Self:
        made = super().__new__(cls, numbers)
        made._each = each
        return made

    def __call__(self) -> ValuesView[Any]:
        return self._each()

    def __reduce__(self) -> tuple[type, tuple[tuple[float, ...]]]:
        return tuple, (tuple(self),)  # a copy has the numbers alone

"""Values of groups by their names: `result["east"]`, as in a dict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group

    Name = str | tuple[str, ...]

Value = TypeVar("Value")


class ByName(Generic[Value]):
    """What has a value for each group, by its name.

    A name is text: the value of the column that was grouped by; a tuple of several, outermost
    first, and of the name of the column with `by_column`. Without groups there are no names.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def settings(self) -> EvalSettings: ...
        @property
        def groups(self) -> Sequence[Group]: ...

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

    def keys(self) -> list[Name]:
        """The names of the groups, in their order; empty without groups."""
        if not self.settings.is_grouped:
            return []
        names = (tuple(group.named().values()) for group in self.groups)
        return [name[0] if len(name) == 1 else name for name in names]

    def items(self) -> Iterator[tuple[Name, Value]]:
        """The name of each group with its value.

        Raises:
            SettingsError: There are several betas; `entries` has all.
        """
        names = self.keys()
        if names:
            self[names[0]]  # refuses several betas; else by place, since a name is searched for
        return zip(names, map(self._at, range(len(names))), strict=True)

    def __iter__(self) -> Iterator[Name]:
        """The names of the groups, as those of a dict; a TypeError without groups."""
        self._check_grouped()
        return iter(self.keys())

    def __len__(self) -> int:
        """The number of groups; a TypeError without groups: NumPy must not see an empty list."""
        self._check_grouped()
        return len(self.groups)

    def __bool__(self) -> bool:
        return True

    def _check_grouped(self) -> None:
        if not self.settings.is_grouped:
            what = f"a {type(self).__name__} without groups is not iterable and has no length"
            raise TypeError(f"{what}: by=... makes groups")

"""One's own region begins as a copy of another one's files."""

from __future__ import annotations

from pathlib import Path

from monitor.model.errors import ConfigError
from monitor.problems import advice, why
from monitor.profile.blocks_file import FILE as BLOCKS_FILE
from monitor.profile.duty_file import FILE as DUTY_FILE
from monitor.profile.load import FILES, builtin_names, profile_folder


def copy_profile(name_or_path: str, folder: Path) -> list[Path]:
    """Copies a profile's files into a new or empty folder and returns them. Raises ConfigError and then has written nothing."""
    source = profile_folder(name_or_path)
    missing = [name for name in FILES if not (source / name).is_file()]
    if missing:
        what = advice(name_or_path, builtin_names()) if len(missing) == len(FILES) else "сначала дополните её"
        raise ConfigError([f"{source / missing[0]}:1: файла нет; {what}"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigError([f"{folder}: папка не пуста; назовите новую"])
        names = [*FILES, *(name for name in (DUTY_FILE, BLOCKS_FILE) if (source / name).is_file())]
        for name in names:
            (folder / name).write_bytes((source / name).read_bytes())
    except OSError as error:
        raise ConfigError([f"{folder}: не записать ({why(error)}); назовите другую папку"]) from None
    return [folder / name for name in names]

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Semblance.Training;

/// <summary>Checks of the numbers that losses are set by.</summary>
internal static class Setting
{
    public static T Positive<T>(T value, [CallerMemberName] string name = "")
        where T : INumber<T> =>
        value > T.Zero && T.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number above zero.");

    public static T? PositiveOrNull<T>(T? value, [CallerMemberName] string name = "")
        where T : struct, INumber<T> => value is { } number ? Positive(number, name) : null;

    public static float Finite(float value, [CallerMemberName] string name = "") =>
        float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number.");

    public static float AtLeastZero(float value, [CallerMemberName] string name = "") =>
        value >= 0 && float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number from zero.");

    public static T Defined<T>(T value, [CallerMemberName] string name = "")
        where T : struct, Enum => Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"There is no such {typeof(T).Name}.");
}

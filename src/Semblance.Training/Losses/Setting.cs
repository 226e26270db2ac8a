using System.Numerics;
using System.Runtime.CompilerServices;

namespace Semblance.Training;

/// <summary>Checks the numbers in the settings of losses.</summary>
internal static class Setting
{
    public static T Positive<T>(T value, [CallerMemberName] string name = "")
        where T : INumber<T> =>
        value > T.Zero && T.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number above zero.");

    public static T? PositiveOrNull<T>(T? value, [CallerMemberName] string name = "")
        where T : struct, INumber<T> => value is { } number ? Positive(number, name) : null;

    public static float Finite(float value, [CallerMemberName] string name = "") =>
        float.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number.");

    public static float AtLeastZero(float value, [CallerMemberName] string name = "") =>
        value >= 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "The setting must be a finite number, at least zero.");

    public static T Defined<T>(T value, [CallerMemberName] string name = "")
        where T : struct, Enum => Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"The value is not a defined {typeof(T).Name}.");
}

namespace Semblance.Checkpoints;

/// <summary>Represents an attribute of an operation: a whole number, a number or a list of whole numbers.</summary>
public sealed class OnnxAttribute
{
    private OnnxAttribute(string name, long? integer = null, float? number = null, long[]? integers = null) =>
        (Name, Integer, Number, Integers) = (name, integer, number, integers);

    internal string Name { get; }

    internal long? Integer { get; }

    internal float? Number { get; }

    internal long[]? Integers { get; }

    /// <summary>Creates an attribute of a whole number.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The number.</param>
    public static OnnxAttribute Of(string name, long value) => new(name, integer: value);

    /// <summary>Creates an attribute of a number.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The number.</param>
    public static OnnxAttribute Of(string name, float value) => new(name, number: value);

    /// <summary>Creates an attribute of a list of whole numbers.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">The numbers.</param>
    public static OnnxAttribute Of(string name, params ReadOnlySpan<long> values) => new(name, integers: values.ToArray());
}

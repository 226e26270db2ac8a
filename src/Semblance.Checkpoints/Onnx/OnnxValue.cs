namespace Semblance.Checkpoints;

/// <summary>Represents an input or an output of a graph.</summary>
/// <param name="name">The name.</param>
/// <param name="isInteger"><see langword="true"/> for int64; <see langword="false"/> for float32.</param>
/// <param name="shape">Each dimension: a number, or a name for one that can differ from run to run.</param>
public sealed class OnnxValue(string name, bool isInteger, IReadOnlyList<string> shape)
{
    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;

    /// <summary>Gets a value that indicates whether the elements are int64 instead of float32.</summary>
    public bool IsInteger { get; } = isInteger;

    /// <summary>Gets each dimension: a number, or a name for one that can differ from run to run.</summary>
    public IReadOnlyList<string> Shape { get; } = shape;
}

namespace Semblance.Tensors;

/// <summary>Represents a tensor of a model or of a loss under its name in the checkpoint.</summary>
/// <param name="Name">The name, such as <c>encoder.layer.0.output.dense.weight</c>.</param>
/// <param name="Value">The values, which an optimizer changes in place.</param>
public sealed record Parameter(string Name, Tensor Value)
{
    /// <summary>
    /// Gets or sets a value that indicates whether the parameter is trained. If not, no gradient is computed or stored. The state belongs
    /// to <see cref="Value"/>, so parameters that share a tensor share it.
    /// </summary>
    public bool IsTrained
    {
        get => Value.RequiresGradient;
        set => Value.RequiresGradient = value;
    }
}

using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>Where the parameters of a model come from, by the names that the original gives them.</summary>
public abstract class Weights
{
    /// <summary>Whether there is a tensor of this name.</summary>
    public abstract bool Contains(string name);

    /// <summary>The tensor of this name and shape. A fault is noted for <see cref="Check"/>, and null is returned.</summary>
    public abstract Tensor? Find(string name, ReadOnlySpan<int> shape);

    /// <summary>Ends the loading: all that is wrong is reported together.</summary>
    /// <returns>True; false where faults wait for a later check, so that what was made has stand-ins.</returns>
    /// <exception cref="ModelFormatException">A tensor is missing or has another shape.</exception>
    public virtual bool Check() => true;

    /// <summary>The tensor of this name and shape, or one that stands in until <see cref="Check"/> reports the fault.</summary>
    public Tensor Tensor(string name, params ReadOnlySpan<int> shape) => Find(name, shape) ?? Tensors.Tensor.Zeros(1, 1);

    /// <summary>A linear layer with <c>weight</c> and, unless it has none, <c>bias</c>; the weight may lie transposed.</summary>
    public Linear Linear(string name, int outputs, int inputs, bool bias = true, bool transposed = false) =>
        Linear(name + ".weight", bias ? name + ".bias" : null, outputs, inputs, transposed);

    /// <summary>A linear layer whose parameters have names of their own.</summary>
    public Linear Linear(string weightName, string? biasName, int outputs, int inputs, bool transposed = false)
    {
        var weight = Find(weightName, transposed ? [inputs, outputs] : [outputs, inputs]);
        var shift = biasName is null ? null : Find(biasName, [outputs]);
        return weight is not null && (biasName is null || shift is not null) ? new Linear(weight, shift, transposed) : new Linear(Tensors.Tensor.Zeros(1, 1), null);
    }

    /// <summary>A root-mean-square norm with <c>weight</c>.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="columns">The width of what is normalised.</param>
    /// <param name="epsilon">The number added to the mean of the squares.</param>
    /// <param name="offset">The number added to the scale. 0 by default.</param>
    public RmsNorm RmsNorm(string name, int columns, float epsilon, float offset = 0) => new(Tensor(name + ".weight", columns), epsilon, offset);

    /// <summary>A layer norm with <c>weight</c> and, unless it has none, <c>bias</c>.</summary>
    public LayerNorm LayerNorm(string name, int columns, float epsilon, bool bias = true)
    {
        var weight = Find(name + ".weight", [columns]);
        var shift = bias ? Find(name + ".bias", [columns]) : null;
        return weight is not null && bias == (shift is not null)
            ? new LayerNorm(weight, shift, epsilon)
            : new LayerNorm(Tensors.Tensor.Zeros(1), null, epsilon);
    }
}

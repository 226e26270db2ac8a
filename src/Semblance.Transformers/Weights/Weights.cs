using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>Represents a source of the parameters of a model, by the names of the original.</summary>
public abstract class Weights
{
    /// <summary>Returns a value that indicates whether there is a tensor of this name.</summary>
    public abstract bool Contains(string name);

    /// <summary>
    /// Returns the tensor of this name and shape. An error is kept for <see cref="Check"/>, and <see langword="null"/> is returned.
    /// </summary>
    public abstract Tensor? Find(string name, ReadOnlySpan<int> shape);

    /// <summary>Ends the loading: all errors are reported together.</summary>
    /// <returns>
    /// <see langword="true"/>; <see langword="false"/> if errors are collected for a later check, so that the model has placeholders.
    /// </returns>
    /// <exception cref="ModelFormatException">A tensor is missing or has another shape.</exception>
    public virtual bool Check() => true;

    /// <summary>Returns the tensor of this name and shape, or a placeholder until <see cref="Check"/> reports the error.</summary>
    public Tensor Tensor(string name, params ReadOnlySpan<int> shape) => Find(name, shape) ?? Tensors.Tensor.Zeros(1, 1);

    /// <summary>Returns a linear layer with <c>weight</c> and, optionally, <c>bias</c>; the weight may be stored transposed.</summary>
    public Linear Linear(string name, int outputs, int inputs, bool bias = true, bool transposed = false) =>
        Linear(name + ".weight", bias ? name + ".bias" : null, outputs, inputs, transposed);

    /// <summary>Returns a linear layer whose parameters have the given names.</summary>
    public Linear Linear(string weightName, string? biasName, int outputs, int inputs, bool transposed = false) =>
        Linear(weightName, biasName, outputs, transposed ? [inputs, outputs] : [outputs, inputs], transposed);

    /// <summary>Returns a convolution with <c>weight</c> and, optionally, <c>bias</c>, as a linear layer over windows.</summary>
    internal Linear Convolution(string name, int outputs, bool bias, ReadOnlySpan<int> window) =>
        Linear(name + ".weight", bias ? name + ".bias" : null, outputs, [outputs, .. window], transposed: false);

    /// <summary>Returns a root-mean-square norm with <c>weight</c>.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="columns">The width of the normalized rows.</param>
    /// <param name="epsilon">The number added to the mean of the squares.</param>
    /// <param name="offset">The number added to the scale. 0 by default.</param>
    public RmsNorm RmsNorm(string name, int columns, float epsilon, float offset = 0) =>
        new(Tensor(name + ".weight", columns), epsilon, offset);

    /// <summary>Returns a layer norm with <c>weight</c> and, optionally, <c>bias</c>.</summary>
    public LayerNorm LayerNorm(string name, int columns, float epsilon, bool bias = true)
    {
        var weight = Find(name + ".weight", [columns]);
        var shift = bias ? Find(name + ".bias", [columns]) : null;
        return weight is not null && bias == (shift is not null)
            ? new LayerNorm(weight, shift, epsilon)
            : new LayerNorm(Tensors.Tensor.Zeros(1), null, epsilon);
    }

    private Linear Linear(string weightName, string? biasName, int outputs, ReadOnlySpan<int> shape, bool transposed)
    {
        var weight = Find(weightName, shape);
        var shift = biasName is null ? null : Find(biasName, [outputs]);
        return weight is not null && (biasName is null || shift is not null)
            ? new Linear(weight, shift, transposed)
            : new Linear(Tensors.Tensor.Zeros(1, 1), null);
    }
}

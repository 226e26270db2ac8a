using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>The parameters of a model while it is put together: what is taken is remembered under its name, for saving and training.</summary>
/// <param name="weights">Where they come from.</param>
internal sealed class ModelParameters(Weights weights)
{
    private readonly List<Parameter> _all = [];
    private readonly List<Linear> _linears = [];

    /// <summary>All parameters taken so far.</summary>
    public IReadOnlyList<Parameter> All => _all;

    /// <summary>The linear layers among them.</summary>
    public IReadOnlyList<Linear> Linears => _linears;

    /// <summary>Packs the weights of all linear layers, so that the first text does not wait for it.</summary>
    public void Prepare()
    {
        foreach (var linear in _linears)
        {
            linear.Prepare();
        }
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => weights.Contains(name);

    /// <inheritdoc cref="Weights.Tensor"/>
    public Tensor Tensor(string name, params ReadOnlySpan<int> shape)
    {
        var tensor = weights.Tensor(name, shape);
        _all.Add(new(name, tensor));
        return tensor;
    }

    /// <inheritdoc cref="Weights.Linear(string, int, int, bool, bool)"/>
    public Linear Linear(string name, int outputs, int inputs, bool bias = true, bool transposed = false)
    {
        var linear = weights.Linear(name, outputs, inputs, bias, transposed);
        _linears.Add(linear);
        _all.AddRange(linear.Parameters(name));
        return linear;
    }

    /// <inheritdoc cref="Weights.LayerNorm"/>
    public LayerNorm LayerNorm(string name, int columns, float epsilon, bool bias = true)
    {
        var norm = weights.LayerNorm(name, columns, epsilon, bias);
        _all.AddRange(norm.Parameters(name));
        return norm;
    }

    /// <summary>A root-mean-square norm with <c>weight</c>.</summary>
    public RmsNorm RmsNorm(string name, int columns, float epsilon, float offset = 0) => new(Tensor(name + ".weight", columns), epsilon, offset);
}

using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents a bottleneck adapter after a linear layer: y + f(y D) U, where f is ReLU. It begins without effect.</summary>
internal sealed class Bottleneck : AdapterWrapper
{
    private const double Deviation = 0.02;

    private readonly Linear _down;
    private readonly Linear _up;

    public Bottleneck(Linear layer, int size, Random random)
    {
        _down = new Linear(Random(random, r => Deviation * Normal(r), size, layer.Outputs), Tensor.Zeros(size));
        _up = new Linear(Tensor.Zeros(layer.Outputs, size), Tensor.Zeros(layer.Outputs));
    }

    public override IEnumerable<Parameter> Parameters(string name) =>
        [.. _down.Parameters(name + ".adapter_down"), .. _up.Parameters(name + ".adapter_up")];

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(layer);
        using var y = layer(x);
        using var inner = run.Linear(y, _down, Activation.Relu); // [rows × size]
        return run.AddLinear(y, inner, _up);
    }

    public override string ToString() => "a bottleneck adapter";
}

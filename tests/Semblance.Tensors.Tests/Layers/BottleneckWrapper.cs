namespace Semblance.Tensors.Tests.Layers;

/// <summary>Represents a bottleneck adapter: y + f(y D) U after the layer.</summary>
internal sealed class BottleneckWrapper(Linear down, Linear up) : LayerWrapper
{
    public override IEnumerable<Parameter> Parameters(string name) => [.. down.Parameters(name + ".adapter_down"), .. up.Parameters(name + ".adapter_up")];

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer)
    {
        using var y = layer(x);
        using var inner = run.Linear(y, down, Activation.Gelu);
        using var outer = run.Linear(inner, up);
        return run.Add(y, outer);
    }
}

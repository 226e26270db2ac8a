using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents a layer whose bias alone is replaced by a trained copy.</summary>
internal sealed class OwnBias : AdapterWrapper
{
    private readonly Tensor _bias;
    private readonly Func<Computation, Tensor, Tensor> _forward;

    public OwnBias(Layer layer)
    {
        var bias = _bias = Tensor.From(layer.Bias!);
        if (layer is Linear linear)
        {
            var changed = linear.WithBias(bias);
            _forward = (run, x) => run.Linear(x, changed);
        }
        else
        {
            var norm = (LayerNorm)layer;
            var changed = new LayerNorm(norm.Weight, bias, norm.Epsilon);
            _forward = (run, x) => run.LayerNorm(x, changed);
        }
    }

    public override IEnumerable<Parameter> Parameters(string name) => [new(name + ".trained_bias", _bias)];

    public override IEnumerable<Parameter> Saved(string name) => [new(name + ".bias", _bias)];

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer) => _forward(run, x);

    public override (Tensor Weight, Tensor? Bias) Merge(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return (layer.Weight, Tensor.From(_bias));
    }

    public override string ToString() => "a trained bias";
}

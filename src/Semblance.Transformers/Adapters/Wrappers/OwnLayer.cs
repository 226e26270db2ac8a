using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents a layer that an adapter replaces by its own copy, which is trained in full.</summary>
internal sealed class OwnLayer : AdapterWrapper
{
    private readonly Layer _copy;
    private readonly string _kind;
    private readonly Func<Computation, Tensor, Tensor>? _forward;

    private OwnLayer(Layer copy, string kind, Func<Computation, Tensor, Tensor>? forward) =>
        (_copy, _kind, _forward) = (copy, kind, forward);

    /// <summary>Creates a copy of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="kind">The part of the parameters' names that tells them from those of the layer.</param>
    public static OwnLayer Create(Layer layer, string kind)
    {
        var (weight, bias) = (Tensor.From(layer.Weight), layer.Bias is null ? null : Tensor.From(layer.Bias));
        switch (layer)
        {
            case Linear linear:
                var copy = new Linear(weight, bias, linear.IsTransposed);
                return new OwnLayer(copy, kind, (run, x) => run.Linear(x, copy));
            case LayerNorm norm:
                var normCopy = new LayerNorm(weight, bias, norm.Epsilon);
                return new OwnLayer(normCopy, kind, (run, x) => run.LayerNorm(x, normCopy));
            case RmsNorm root:
                var rootCopy = new RmsNorm(weight, root.Epsilon, root.Offset);
                return new OwnLayer(rootCopy, kind, (run, x) => run.RmsNorm(x, rootCopy));
            default:
                return new OwnLayer(new EmbeddingTable(weight), kind, null);
        }
    }

    public override IEnumerable<Parameter> Parameters(string name) => _copy.Parameters($"{name}.{_kind}");

    // PEFT names the tensors of modules_to_save like those of the model.
    public override IEnumerable<Parameter> Saved(string name) => _copy.Parameters(_kind == "modules_to_save" ? name : $"{name}.{_kind}");

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer) =>
        _forward is null ? base.Forward(run, x, layer) : _forward(run, x);

    public override Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table) =>
        _copy is EmbeddingTable own ? run.Embed(rows, own) : base.Embed(run, rows, table);

    public override (Tensor Weight, Tensor? Bias) Merge(Layer layer) =>
        (Tensor.From(_copy.Weight), _copy.Bias is null ? null : Tensor.From(_copy.Bias));

    public override string ToString() => "a trained copy";
}

using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.EuroBert;

/// <summary>
/// Represents EuroBERT's sequence classification: two linear layers on the first token or on the mean of the tokens, or on each token with
/// the mean of the logits.
/// </summary>
internal sealed class EuroBertClassificationHead : TaskHead
{
    private readonly Linear _dense;
    private readonly Linear _output;
    private readonly Pooling _pooling;
    private readonly bool _isLate;

    public EuroBertClassificationHead(ConfigurationFile config, ModelParameters own, int hidden)
    {
        var pooling = config.Text("classifier_pooling") ?? "late";
        _isLate = pooling == "late";
        _pooling = pooling switch
        {
            "bos" => Pooling.Cls,
            "late" or "mean" => Pooling.Mean,
            _ => throw config.Fault("classifier_pooling", $"is '{pooling}'; expected bos, late or mean"),
        };
        _dense = own.Linear("dense", hidden, hidden);
        _output = own.Linear("out_proj", TaskModel.LabelCount(config), hidden);
    }

    /// <returns><c>[sequences × labels]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch)
    {
        if (_isLate)
        {
            using var each = Logits(run, hidden); // [tokens × labels]
            return run.Pool(each, batch, [_pooling]);
        }

        using var pooled = run.Pool(hidden, batch, [_pooling]); // [sequences × hidden]
        return Logits(run, pooled);
    }

    private Tensor Logits(Computation run, Tensor x)
    {
        using var inner = run.Linear(x, _dense, Activation.Gelu);
        return run.Linear(inner, _output);
    }
}

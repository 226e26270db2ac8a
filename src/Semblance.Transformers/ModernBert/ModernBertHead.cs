using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.ModernBert;

/// <summary>ModernBERT's head for any task: a dense layer with an activation and a norm, then the task's own last layer, over tokens or over whole texts.</summary>
internal sealed class ModernBertHead : TaskHead
{
    private readonly Linear _dense;
    private readonly LayerNorm _norm;
    private readonly Linear _last;
    private readonly Activation _activation;
    private readonly Pooling? _pooling;

    public ModernBertHead(ConfigurationFile config, Weights weights, Linear last, Pooling? pooling = null)
    {
        var hidden = config.WholeNumber("hidden_size", 1, int.MaxValue);
        _dense = weights.Linear("head.dense", hidden, hidden, config.Flag("classifier_bias", false));
        _norm = weights.LayerNorm("head.norm", hidden, config.Number("norm_eps", 1e-5f), config.Flag("norm_bias", false));
        _activation = config.ReadActivation("classifier_activation", "gelu");
        _last = last;
        _pooling = pooling;
    }

    /// <returns><c>[tokens × vocabulary]</c>, <c>[tokens × labels]</c> or <c>[sequences × labels]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch)
    {
        var x = _pooling is { } pooling ? run.Pool(hidden, batch, [pooling]) : hidden;
        using var dense = run.Linear(x, _dense, _activation);
        using var normed = run.LayerNorm(dense, _norm);
        return run.Linear(normed, _last);
    }
}

using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.ModernBert;

/// <summary>
/// Represents one layer: rotary attention, global or local, and a gated feed-forward block. The first has no norm before its attention.
/// </summary>
internal sealed class ModernBertLayer : PreNormLayer
{
    private readonly AttentionHeads _heads;
    private readonly LayerNorm? _attentionNorm;
    private readonly Linear _joined; // queries, keys and values
    private readonly Linear _output;
    private readonly LayerNorm _innerNorm;
    private readonly Linear _inner; // the activated half, and the half that it is multiplied by
    private readonly Linear _outer;
    private readonly Activation _activation;
    private readonly float _attentionDropout;
    private readonly float _innerDropout;

    public ModernBertLayer(ConfigurationFile config, ModelParameters parameters, AttentionHeads heads, int index)
    {
        int hidden = heads.Count * heads.Size, inner = config.Width("intermediate_size");
        bool attentionBias = config.Flag("attention_bias", false), innerBias = config.Flag("mlp_bias", false),
            normBias = config.Flag("norm_bias", false);
        var epsilon = config.Epsilon("norm_eps", 1e-5f);
        _heads = heads;
        _activation = config.ReadActivation("hidden_activation", Activation.Gelu);
        _attentionDropout = config.Dropout("attention_dropout");
        _innerDropout = config.Dropout("mlp_dropout");

        var name = $"layers.{index}";
        _attentionNorm = index == 0 ? null : parameters.LayerNorm(name + ".attn_norm", hidden, epsilon, normBias);
        _joined = parameters.Linear(name + ".attn.Wqkv", 3 * hidden, hidden, attentionBias);
        _output = parameters.Linear(name + ".attn.Wo", hidden, hidden, attentionBias);
        _innerNorm = parameters.LayerNorm(name + ".mlp_norm", hidden, epsilon, normBias);
        _inner = parameters.Linear(name + ".mlp.Wi", 2 * inner, hidden, innerBias);
        _outer = parameters.Linear(name + ".mlp.Wo", hidden, inner, innerBias);
    }

    protected override Tensor Attend(Computation run, Tensor x, PackedBatch batch)
    {
        var normed = _attentionNorm is null ? x : run.LayerNorm(x, _attentionNorm);
        using var joined = run.Linear(normed, _joined); // [tokens × 3 · hidden]
        if (normed != x)
        {
            normed.Dispose();
        }

        using var context = _heads.Attend(run, joined, batch);
        return run.DropoutInPlace(run.Linear(context, _output), _attentionDropout);
    }

    protected override Tensor FeedForward(Computation run, Tensor x)
    {
        using var normed = run.LayerNorm(x, _innerNorm);
        using var inner = run.Linear(normed, _inner); // [tokens × 2 · inner]
        using var gated = run.DropoutInPlace(run.Gate(inner, _activation), _innerDropout); // [tokens × inner]
        return run.Linear(gated, _outer);
    }
}

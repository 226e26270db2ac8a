using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Gpt2;

/// <summary>Represents one layer: causal attention, and a feed-forward block. Weights are stored as <c>[inputs × outputs]</c>.</summary>
internal sealed class Gpt2Layer : PreNormLayer
{
    private readonly AttentionHeads _heads;
    private readonly LayerNorm _attentionNorm;
    private readonly Linear _joined; // queries, keys and values
    private readonly Linear _output;
    private readonly LayerNorm _innerNorm;
    private readonly Linear _inner;
    private readonly Linear _outer;
    private readonly Activation _activation;
    private readonly float _dropout;

    public Gpt2Layer(ConfigurationFile config, ModelParameters parameters, int index)
    {
        int hidden = config.Width("n_embd"), heads = config.Heads("n_head", hidden), inner = config.Width("n_inner", 4 * hidden);
        var epsilon = config.Epsilon("layer_norm_epsilon", 1e-5f);
        _activation = config.ReadActivation("activation_function", Activation.GeluTanh);
        _dropout = config.Dropout("resid_pdrop", 0.1f);
        _heads = new AttentionHeads(heads, hidden / heads)
        {
            Layer = index,
            IsCausal = config.Flag("is_causal", true),
            Dropout = config.Dropout("attn_pdrop", 0.1f),
            Scale = (config.Flag("scale_attn_weights", true) ? 1 : MathF.Sqrt(hidden / heads))
                / (config.Flag("scale_attn_by_inverse_layer_idx", false) ? index + 1 : 1),
        };

        var name = $"h.{index}";
        _attentionNorm = parameters.LayerNorm(name + ".ln_1", hidden, epsilon);
        _joined = parameters.Linear(name + ".attn.c_attn", 3 * hidden, hidden, transposed: true);
        _output = parameters.Linear(name + ".attn.c_proj", hidden, hidden, transposed: true);
        _innerNorm = parameters.LayerNorm(name + ".ln_2", hidden, epsilon);
        _inner = parameters.Linear(name + ".mlp.c_fc", inner, hidden, transposed: true);
        _outer = parameters.Linear(name + ".mlp.c_proj", hidden, inner, transposed: true);
    }

    protected override Tensor Attend(Computation run, Tensor x, PackedBatch batch)
    {
        using var normed = run.LayerNorm(x, _attentionNorm);
        using var joined = run.Linear(normed, _joined); // [tokens × 3 · hidden]
        using var context = _heads.Attend(run, joined, batch);
        return run.DropoutInPlace(run.Linear(context, _output), _dropout);
    }

    protected override Tensor FeedForward(Computation run, Tensor x)
    {
        using var normed = run.LayerNorm(x, _innerNorm);
        using var inner = run.Linear(normed, _inner, _activation); // [tokens × inner]
        return run.DropoutInPlace(run.Linear(inner, _outer), _dropout);
    }
}

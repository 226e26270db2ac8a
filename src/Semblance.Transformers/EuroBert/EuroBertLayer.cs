using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.EuroBert;

/// <summary>Represents one layer: bidirectional rotary attention with shared key heads, and a gated feed-forward block.</summary>
internal sealed class EuroBertLayer : PreNormLayer
{
    private readonly AttentionHeads _heads;
    private readonly RmsNorm _attentionNorm;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly RmsNorm _innerNorm;
    private readonly Linear _gate;
    private readonly Linear _inner;
    private readonly Linear _outer;
    private readonly Activation _activation;

    public EuroBertLayer(ConfigurationFile config, ModelParameters own, AttentionHeads heads, int hidden, string name)
    {
        int wide = heads.Count * heads.Size, shared = config.Heads("num_key_value_heads", heads.Count, heads.Count) * heads.Size,
            inner = config.Width("intermediate_size", 3072);
        var epsilon = config.Epsilon("rms_norm_eps", 1e-5f);
        bool attentionBias = config.Flag("attention_bias", false), innerBias = config.Flag("mlp_bias", false);
        _activation = config.ReadActivation("hidden_act", Activation.Silu);
        _heads = heads;
        _attentionNorm = own.RmsNorm(name + ".input_layernorm", hidden, epsilon);
        _query = own.Linear(name + ".self_attn.q_proj", wide, hidden, attentionBias);
        _key = own.Linear(name + ".self_attn.k_proj", shared, hidden, attentionBias);
        _value = own.Linear(name + ".self_attn.v_proj", shared, hidden, attentionBias);
        _output = own.Linear(name + ".self_attn.o_proj", hidden, wide, attentionBias);
        _innerNorm = own.RmsNorm(name + ".post_attention_layernorm", hidden, epsilon);
        _gate = own.Linear(name + ".mlp.gate_proj", inner, hidden, innerBias);
        _inner = own.Linear(name + ".mlp.up_proj", inner, hidden, innerBias);
        _outer = own.Linear(name + ".mlp.down_proj", hidden, inner, innerBias);
    }

    protected override Tensor Attend(Computation run, Tensor x, PackedBatch batch)
    {
        using var normed = run.RmsNorm(x, _attentionNorm);
        using var query = run.Linear(normed, _query); // [tokens × heads · head size]
        using var key = run.Linear(normed, _key); // [tokens × key heads · head size]
        using var value = run.Linear(normed, _value);
        using var attended = _heads.Attend(run, query, key, value, batch);
        return run.Linear(attended, _output);
    }

    protected override Tensor FeedForward(Computation run, Tensor x)
    {
        using var normed = run.RmsNorm(x, _innerNorm);
        using var gate = run.Linear(normed, _gate, _activation); // [tokens × inner]
        using var inner = run.Linear(normed, _inner);
        using var gated = run.Multiply(gate, inner);
        return run.Linear(gated, _outer);
    }
}

using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Decoders;

/// <summary>Represents one layer: rotary attention with shared key heads, and a gated feed-forward block.</summary>
internal sealed class DecoderLayer : PreNormLayer
{
    private readonly AttentionHeads _heads;
    private readonly RmsNorm _attentionNorm;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly RmsNorm? _outputNorm;
    private readonly RmsNorm _innerNorm;
    private readonly Linear _gate;
    private readonly Linear _inner;
    private readonly Linear _outer;
    private readonly RmsNorm? _outerNorm;
    private readonly Activation _activation;

    public DecoderLayer(DecoderConfig config, ModelParameters parameters, int index)
    {
        int hidden = config.HiddenSize, wide = config.Heads * config.HeadSize, shared = config.KeyHeads * config.HeadSize;
        var name = $"layers.{index}";
        RmsNorm Norm(string norm, int columns) => parameters.RmsNorm($"{name}.{norm}", columns, config.Epsilon, config.NormOffset);

        _activation = config.Activation;
        _attentionNorm = Norm("input_layernorm", hidden);
        _query = parameters.Linear(name + ".self_attn.q_proj", wide, hidden, config.JoinedBias);
        _key = parameters.Linear(name + ".self_attn.k_proj", shared, hidden, config.JoinedBias);
        _value = parameters.Linear(name + ".self_attn.v_proj", shared, hidden, config.JoinedBias);
        _output = parameters.Linear(name + ".self_attn.o_proj", hidden, wide, config.OutputBias);
        _heads = config.HeadsOf(
            index,
            config.NormsHeads ? Norm("self_attn.q_norm", config.HeadSize) : null,
            config.NormsHeads ? Norm("self_attn.k_norm", config.HeadSize) : null);
        _outputNorm = config.NormsOutputs ? Norm("post_attention_layernorm", hidden) : null;
        _innerNorm = Norm(config.NormsOutputs ? "pre_feedforward_layernorm" : "post_attention_layernorm", hidden);
        _gate = parameters.Linear(name + ".mlp.gate_proj", config.InnerSize, hidden, config.InnerBias);
        _inner = parameters.Linear(name + ".mlp.up_proj", config.InnerSize, hidden, config.InnerBias);
        _outer = parameters.Linear(name + ".mlp.down_proj", hidden, config.InnerSize, config.InnerBias);
        _outerNorm = config.NormsOutputs ? Norm("post_feedforward_layernorm", hidden) : null;
    }

    protected override Tensor Attend(Computation run, Tensor x, PackedBatch batch)
    {
        using var normed = run.RmsNorm(x, _attentionNorm);
        using var query = run.Linear(normed, _query); // [tokens × heads · head size]
        using var key = run.Linear(normed, _key); // [tokens × key heads · head size]
        using var value = run.Linear(normed, _value);
        using var context = _heads.Attend(run, query, key, value, batch);
        return Normed(run, run.Linear(context, _output), _outputNorm);
    }

    protected override Tensor FeedForward(Computation run, Tensor x)
    {
        using var normed = run.RmsNorm(x, _innerNorm);
        using var gate = run.Linear(normed, _gate, _activation); // [tokens × inner]
        using var inner = run.Linear(normed, _inner);
        using var gated = run.Multiply(gate, inner);
        return Normed(run, run.Linear(gated, _outer), _outerNorm);
    }

    private static Tensor Normed(Computation run, Tensor x, RmsNorm? norm)
    {
        if (norm is null)
        {
            return x;
        }

        using (x)
        {
            return run.RmsNorm(x, norm);
        }
    }
}

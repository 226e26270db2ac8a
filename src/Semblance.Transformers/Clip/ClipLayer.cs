using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Clip;

/// <summary>Represents one layer of either tower: attention, causal in the text tower, and a feed-forward block.</summary>
internal sealed class ClipLayer : PreNormLayer
{
    private readonly AttentionHeads _heads;
    private readonly LayerNorm _attentionNorm;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly LayerNorm _innerNorm;
    private readonly Linear _inner;
    private readonly Linear _outer;
    private readonly Activation _activation;

    public ClipLayer(ConfigurationFile config, ModelParameters parameters, string name, AttentionHeads heads)
    {
        int hidden = heads.Count * heads.Size, inner = config.Width("intermediate_size", 4 * hidden);
        var epsilon = config.Epsilon("layer_norm_eps", 1e-5f);
        _heads = heads;
        _activation = config.ReadActivation("hidden_act", Activation.QuickGelu);
        _attentionNorm = parameters.LayerNorm(name + ".layer_norm1", hidden, epsilon);
        _query = parameters.Linear(name + ".self_attn.q_proj", hidden, hidden);
        _key = parameters.Linear(name + ".self_attn.k_proj", hidden, hidden);
        _value = parameters.Linear(name + ".self_attn.v_proj", hidden, hidden);
        _output = parameters.Linear(name + ".self_attn.out_proj", hidden, hidden);
        _innerNorm = parameters.LayerNorm(name + ".layer_norm2", hidden, epsilon);
        _inner = parameters.Linear(name + ".mlp.fc1", inner, hidden);
        _outer = parameters.Linear(name + ".mlp.fc2", hidden, inner);
    }

    /// <summary>Creates the layers of a tower.</summary>
    public static ClipLayer[] Stack(ConfigurationFile config, ModelParameters parameters, string tower, int hidden, int heads, bool causal)
    {
        var look = new AttentionHeads(config.Heads("num_attention_heads", hidden, heads), 1);
        look = look with { Size = hidden / look.Count, IsCausal = causal, Dropout = config.Dropout("attention_dropout") };
        return [.. Enumerable.Range(0, config.Layers("num_hidden_layers", 12))
            .Select(i => new ClipLayer(config, parameters, $"{tower}.encoder.layers.{i}", look))];
    }

    protected override Tensor Attend(Computation run, Tensor x, PackedBatch batch)
    {
        using var normed = run.LayerNorm(x, _attentionNorm);
        using var query = run.Linear(normed, _query);
        using var key = run.Linear(normed, _key);
        using var value = run.Linear(normed, _value);
        using var context = _heads.Attend(run, query, key, value, batch);
        return run.Linear(context, _output);
    }

    protected override Tensor FeedForward(Computation run, Tensor x)
    {
        using var normed = run.LayerNorm(x, _innerNorm);
        using var inner = run.Linear(normed, _inner, _activation); // [tokens × inner]
        return run.Linear(inner, _outer);
    }
}

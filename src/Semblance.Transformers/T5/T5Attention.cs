using Semblance.Tensors;

namespace Semblance.Transformers.T5;

/// <summary>The attention block of a layer with its residual: of the hidden states to themselves, or to the encoder's.</summary>
internal sealed class T5Attention
{
    private readonly T5Config _config;
    private readonly string _name;
    private readonly string _normName;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly RmsNorm _norm;

    public T5Attention(T5Config config, Weights weights, string layer, string attention)
    {
        int hidden = config.DModel, inner = config.NumHeads * config.DKv;
        _config = config;
        _name = $"{layer}.{attention}";
        _normName = layer + ".layer_norm";
        _query = weights.Linear(_name + ".q", inner, hidden, bias: false);
        _key = weights.Linear(_name + ".k", inner, hidden, bias: false);
        _value = weights.Linear(_name + ".v", inner, hidden, bias: false);
        _output = weights.Linear(_name + ".o", hidden, inner, bias: false);
        _norm = weights.RmsNorm(_normName, hidden, config.LayerNormEpsilon);
    }

    public void Prepare()
    {
        foreach (var linear in (ReadOnlySpan<Linear>)[_query, _key, _value, _output])
        {
            linear.Prepare();
        }
    }

    // x: [tokens × hidden]; of the hidden states to themselves, and to those that the batch's caches remember of this layer.
    public Tensor Forward(Computation run, Tensor x, PackedBatch batch, bool causal, AttentionBias bias, int layer)
    {
        using var normed = run.RmsNorm(x, _norm);
        using var query = run.Linear(normed, _query); // [tokens × heads · head size]
        var (key, value) = Project(run, normed);
        using (key)
        using (value)
        {
            return Finish(run, x, batch.Caches is null
                ? run.Attention(query, key, value, new AttentionMask(batch, causal: causal), _config.NumHeads, _config.DropoutRate, bias, scale: 1)
                : run.CachedAttention(query, key, value, batch, layer, _config.NumHeads, bias: bias, scale: 1));
        }
    }

    // To the encoder's states, of which the keys and values were made.
    public Tensor Forward(Computation run, Tensor x, Tensor key, Tensor value, AttentionMask mask)
    {
        using var normed = run.RmsNorm(x, _norm);
        using var query = run.Linear(normed, _query);
        return Finish(run, x, run.Attention(query, key, value, mask, _config.NumHeads, _config.DropoutRate, scale: 1));
    }

    // states: [tokens × hidden]; each [tokens × heads · head size].
    public (Tensor Key, Tensor Value) Project(Computation run, Tensor states) => (run.Linear(states, _key), run.Linear(states, _value));

    private Tensor Finish(Computation run, Tensor x, Tensor context)
    {
        using (context)
        {
            using var mixed = run.Dropout(run.Linear(context, _output), _config.DropoutRate);
            return run.Add(x, mixed);
        }
    }

    public IEnumerable<Parameter> Parameters() =>
    [
        .. _query.Parameters(_name + ".q"),
        .. _key.Parameters(_name + ".k"),
        .. _value.Parameters(_name + ".v"),
        .. _output.Parameters(_name + ".o"),
        .. _norm.Parameters(_normName),
    ];
}

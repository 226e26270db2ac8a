using Semblance.Tensors;
using Semblance.Transformers.Deberta;

namespace Semblance.Transformers.Bert;

/// <summary>The attention block of a layer with its residual: of the hidden states to themselves, or to those of another model.</summary>
internal sealed class BertAttention
{
    private readonly BertConfig _config;
    private readonly string _name;
    private readonly BertLayerNames _names;
    private readonly AttentionProjections _projections;
    private readonly DisentangledPositions? _positions;
    private readonly Linear _output;
    private readonly LayerNorm _norm;

    public BertAttention(
        BertConfig config, Weights weights, string name, BertLayerNames names, AttentionProjections? projections = null, DisentangledPositions? positions = null)
    {
        var hidden = config.HiddenSize;
        _config = config;
        _name = name + ".";
        _names = names;
        _projections = projections ?? new LinearProjections(weights, _name + names.Query, _name + names.Key, _name + names.Value, hidden);
        _positions = positions;
        _output = weights.Linear(_name + names.AttentionOutput, hidden, hidden);
        _norm = weights.LayerNorm(_name + names.AttentionNorm, hidden, config.LayerNormEps);
    }

    public void Prepare()
    {
        _projections.Prepare();
        _positions?.Prepare();
        _output.Prepare();
    }

    // x: [query tokens × hidden], states: [key tokens × hidden].
    public Tensor Forward(Computation run, Tensor x, Tensor states, AttentionContext attention)
    {
        using var context = Attend(run, x, states, attention);
        using var mixed = run.Dropout(run.Linear(context, _output), _names.AttentionDropout ? _config.HiddenDropoutProb : 0);
        return run.AddLayerNorm(mixed, x, _norm);
    }

    public IEnumerable<Parameter> Parameters() =>
    [
        .. _projections.Parameters(),
        .. _positions?.Parameters() ?? [],
        .. _output.Parameters(_name + _names.AttentionOutput),
        .. _norm.Parameters(_name + _names.AttentionNorm),
    ];

    private Tensor Attend(Computation run, Tensor x, Tensor states, AttentionContext attention)
    {
        using var query = _projections.Query(run, x); // [query tokens × hidden], heads side by side
        using var key = _projections.Key(run, states);
        using var value = _projections.Value(run, states);
        var (heads, dropout) = (_config.NumAttentionHeads, _config.AttentionProbsDropoutProb);
        return _positions is null || attention.Relative is null
            ? run.Attention(query, key, value, attention.Mask, heads, dropout, attention.Bias)
            : _positions.Attend(run, query, key, value, attention.Mask, attention.Relative, heads, dropout);
    }
}

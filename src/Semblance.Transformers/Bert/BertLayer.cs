using Semblance.Tensors;

namespace Semblance.Transformers.Bert;

/// <summary>One layer: attention, in a decoder cross-attention to the encoder's states, and the feed-forward block.</summary>
internal sealed class BertLayer
{
    private readonly BertConfig _config;
    private readonly string _name;
    private readonly BertLayerNames _names;
    private readonly BertAttention _attention;
    private readonly BertAttention? _crossAttention;
    private readonly Linear _intermediate;
    private readonly Linear _output;
    private readonly LayerNorm _outputNorm;

    public BertLayer(BertConfig config, Weights weights, string name, BertLayerNames names, bool crossAttention = false, BertAttention? attention = null)
    {
        int hidden = config.HiddenSize, inner = config.IntermediateSize;
        _config = config;
        _name = name + ".";
        _names = names;
        _attention = attention ?? new BertAttention(config, weights, name, names);
        _crossAttention = crossAttention ? new BertAttention(config, weights, name, BertLayerNames.BertCrossAttention) : null;
        _intermediate = weights.Linear(_name + names.Intermediate, inner, hidden);
        _output = weights.Linear(_name + names.Output, hidden, inner);
        _outputNorm = weights.LayerNorm(_name + names.OutputNorm, hidden, config.LayerNormEps);
    }

    public void Prepare()
    {
        _attention.Prepare();
        _crossAttention?.Prepare();
        _intermediate.Prepare();
        _output.Prepare();
    }

    // x: [tokens × hidden].
    public Tensor Forward(Computation run, Tensor x, AttentionContext attention)
    {
        using var attended = _attention.Forward(run, x, x, attention);
        return FeedForward(run, attended);
    }

    // x: [tokens × hidden], states: [encoder tokens × hidden].
    public Tensor Forward(Computation run, Tensor x, AttentionContext attention, Tensor states, AttentionContext cross)
    {
        using var attended = _attention.Forward(run, x, x, attention);
        using var crossed = _crossAttention!.Forward(run, attended, states, cross);
        return FeedForward(run, crossed);
    }

    private Tensor FeedForward(Computation run, Tensor attended)
    {
        using var inner = run.Linear(attended, _intermediate, _config.HiddenAct); // [tokens × intermediate]
        using var outer = run.Dropout(run.Linear(inner, _output), _names.FeedForwardDropout ? _config.HiddenDropoutProb : 0); // [tokens × hidden]
        return run.AddLayerNorm(outer, attended, _outputNorm);
    }

    public IEnumerable<Parameter> Parameters() =>
    [
        .. _attention.Parameters(),
        .. _crossAttention?.Parameters() ?? [],
        .. _intermediate.Parameters(_name + _names.Intermediate),
        .. _output.Parameters(_name + _names.Output),
        .. _outputNorm.Parameters(_name + _names.OutputNorm),
    ];
}

using Semblance.Tensors;

namespace Semblance.Transformers.Bert;

/// <summary>One layer: attention, in a decoder cross-attention to the encoder's states, and the feed-forward block.</summary>
internal sealed class BertLayer
{
    private readonly BertConfig _config;
    private readonly string _name;
    private readonly BertAttention _attention;
    private readonly BertAttention? _crossAttention;
    private readonly Linear _intermediate;
    private readonly Linear _output;
    private readonly LayerNorm _outputNorm;

    public BertLayer(BertConfig config, Weights weights, string name, bool crossAttention = false)
    {
        int hidden = config.HiddenSize, inner = config.IntermediateSize;
        _config = config;
        _name = name;
        _attention = new BertAttention(config, weights, name + ".attention");
        _crossAttention = crossAttention ? new BertAttention(config, weights, name + ".crossattention") : null;
        _intermediate = weights.Linear(name + ".intermediate.dense", inner, hidden);
        _output = weights.Linear(name + ".output.dense", hidden, inner);
        _outputNorm = weights.LayerNorm(name + ".output.LayerNorm", hidden, config.LayerNormEps);
    }

    public void Prepare()
    {
        _attention.Prepare();
        _crossAttention?.Prepare();
        _intermediate.Prepare();
        _output.Prepare();
    }

    // x: [tokens × hidden].
    public Tensor Forward(Computation run, Tensor x, AttentionMask mask)
    {
        using var attended = _attention.Forward(run, x, x, mask);
        return FeedForward(run, attended);
    }

    // x: [tokens × hidden], states: [encoder tokens × hidden].
    public Tensor Forward(Computation run, Tensor x, AttentionMask mask, Tensor states, AttentionMask crossMask)
    {
        using var attended = _attention.Forward(run, x, x, mask);
        using var crossed = _crossAttention!.Forward(run, attended, states, crossMask);
        return FeedForward(run, crossed);
    }

    private Tensor FeedForward(Computation run, Tensor attended)
    {
        using var inner = run.Linear(attended, _intermediate, _config.HiddenAct); // [tokens × intermediate]
        using var outer = run.Dropout(run.Linear(inner, _output), _config.HiddenDropoutProb); // [tokens × hidden]
        return run.AddLayerNorm(outer, attended, _outputNorm);
    }

    public IEnumerable<KeyValuePair<string, Tensor>> Parameters() =>
    [
        .. _attention.Parameters(),
        .. _crossAttention?.Parameters() ?? [],
        .. _intermediate.Parameters(_name + ".intermediate.dense"),
        .. _output.Parameters(_name + ".output.dense"),
        .. _outputNorm.Parameters(_name + ".output.LayerNorm"),
    ];
}

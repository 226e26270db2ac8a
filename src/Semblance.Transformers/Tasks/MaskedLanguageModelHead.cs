using Semblance.Tensors;
using Semblance.Transformers.Bert;

namespace Semblance.Transformers.Tasks;

/// <summary>BERT's head for masked words: a dense layer, a layer norm, and the word table as the last layer.</summary>
internal sealed class MaskedLanguageModelHead : TaskHead
{
    private readonly Linear _dense;
    private readonly Activation _activation;
    private readonly LayerNorm _norm;
    private readonly Linear _decoder;

    public MaskedLanguageModelHead(BertModel body, Weights weights)
    {
        var config = body.Config;
        _dense = weights.Linear("cls.predictions.transform.dense", config.HiddenSize, config.HiddenSize);
        _norm = weights.LayerNorm("cls.predictions.transform.LayerNorm", config.HiddenSize, config.LayerNormEps);
        var words = weights.Contains("cls.predictions.decoder.weight")
            ? weights.Tensor("cls.predictions.decoder.weight", config.VocabSize, config.HiddenSize)
            : body.Words;
        var bias = weights.Tensor("cls.predictions.bias", config.VocabSize);
        weights.Check();
        _activation = config.HiddenAct;
        _decoder = new Linear(words, bias);
    }

    /// <returns><c>[tokens × vocabulary]</c>.</returns>
    /// <inheritdoc/>
    public override Tensor Forward(Computation run, Tensor hidden, PackedBatch batch)
    {
        using var dense = run.Linear(hidden, _dense, _activation); // [tokens × hidden]
        using var normed = run.LayerNorm(dense, _norm);
        return run.Linear(normed, _decoder);
    }
}

using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;
using Semblance.Transformers.Tasks;

namespace Semblance.Modules;

/// <summary>
/// Represents the first module of SPLADE: a tokenizer and a transformer with a masked language modeling head. The last layer of the head
/// runs in the pooling, which takes the maximum of the logits as they are computed.
/// </summary>
public sealed class MaskedLanguageModule : InputModule
{
    private readonly TransformerModule _text;
    private readonly TaskModel _model;
    private readonly VocabularyHead _head;

    private MaskedLanguageModule(TransformerModule text, TaskModel model, VocabularyHead head) =>
        (_text, _model, _head) = (text, model, head);

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.sparse_encoder.models.MLMTransformer";

    /// <inheritdoc/>
    public override Tokenizer Tokenizer => _text.Tokenizer;

    /// <summary>Gets the transformer.</summary>
    public Transformer Transformer => _model.Body;

    /// <inheritdoc/>
    public override Transformer Body => Transformer;

    /// <inheritdoc/>
    internal override AdaptableModel Adaptable => AdaptableModel.Of(_model);

    /// <inheritdoc/>
    public override int VocabularySize => Tokenizer.VocabularySize;

    /// <inheritdoc/>
    public override int MaxSequenceLength => _text.MaxSequenceLength;

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (shape.TokenWidth, shape.LayerCount, shape.VocabularySize, shape.HasWordLogits) = (_head.Decoder.Outputs,
            Transformer.LayerCount, VocabularySize, true);
    }

    /// <summary>
    /// Loads the module from a folder with a masked language model, its tokenizer and, if present, <c>sentence_bert_config.json</c>.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable"><see langword="true"/> to load parameters that can be trained; otherwise, <see langword="false"/>.</param>
    /// <exception cref="FormatException">A file is damaged, the files do not fit together, or the model has no such head.</exception>
    public static MaskedLanguageModule Load(string folder, bool trainable = false)
    {
        var (text, model) = TransformerModule.LoadTask(folder, trainable);
        return model.Head is VocabularyHead head
            ? new MaskedLanguageModule(text, model, head) { Warnings = text.Warnings }
            : throw model.Config.Fault("architectures", $"names '{model.Architecture}', which has no masked language modeling head; "
                + "expected a class whose name ends with ForMaskedLM");
    }

    /// <summary>Creates the module from a transformer without a head, with a randomly initialized one, to be trained.</summary>
    /// <param name="text">The tokenizer and the transformer, which the module shares.</param>
    /// <param name="seed">The random seed of the head. Its last layer is the table of word embeddings.</param>
    /// <exception cref="ArgumentException">The architecture has no masked language modeling head.</exception>
    public static MaskedLanguageModule Create(TransformerModule text, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(text);
        var model = TaskModel.CreateMaskedLanguageModel(text.Transformer, seed);
        return new MaskedLanguageModule(text, model, (VocabularyHead)model.Head!);
    }

    /// <inheritdoc/>
    public override TokenizedText Tokenize(string text) => _text.Tokenize(text);

    /// <inheritdoc/>
    public override int CountPromptTokens(string prompt) => _text.CountPromptTokens(prompt);

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(features);
        features.Batch = Transformer.WithVirtualTokens(run, features.Batch);
        var hidden = _model.Body.Forward(run, features.Batch, features.HiddenStates);
        features.TokenEmbeddings = _head.Transform(run, hidden);
        features.WordLayer = _head.Decoder;
        if (features.TokenEmbeddings != hidden && features.HiddenStates is null)
        {
            hidden.Dispose();
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => _model.Parameters();

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        TransformerModule.SaveWeights(Transformer, folder, weights, _model.Save);
        _text.SaveText(folder);
    }

    /// <inheritdoc/>
    public override string ToString() => $"MLM{_text}";
}

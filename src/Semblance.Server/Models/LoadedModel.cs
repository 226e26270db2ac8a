using System.Collections.Concurrent;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;

namespace Semblance.Server.Models;

/// <summary>Represents a model in memory.</summary>
internal sealed class LoadedModel
{
    private readonly ITrainableModel _model;
    private readonly Lazy<MultiVectorEncoder?> _lateInteraction;
    private readonly Lazy<TextClassifier?> _classifier;
    private readonly Lazy<Tokenizer> _wholeTexts;
    private readonly ConcurrentDictionary<(string Folder, object Encoder), Adapter> _adapters = new();

    private LoadedModel(string folder, ComputeType compute, ITrainableModel model, EncoderConfig config, IReadOnlyList<string> warnings)
    {
        (Folder, Compute, _model, Config, Warnings) = (folder, compute, model, config, warnings);
        _lateInteraction = new(LoadLateInteraction);
        _classifier = new(LoadClassifier);
        _wholeTexts = new(() => _model.Tokenizer.WithoutTruncation());
    }

    /// <summary>Gets the folder of the model.</summary>
    public string Folder { get; }

    /// <summary>Gets the compute type.</summary>
    public ComputeType Compute { get; }

    /// <summary>Gets the settings.</summary>
    public EncoderConfig Config { get; }

    /// <summary>Gets the warnings about the model's files.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Gets the model of dense vectors; <see langword="null"/> if it is of another kind.</summary>
    public SentenceTransformer? Dense => _model as SentenceTransformer;

    /// <summary>Gets the model of sparse vectors; <see langword="null"/> if it is of another kind.</summary>
    public SparseEncoder? Sparse => _model as SparseEncoder;

    /// <summary>Gets the model of pairs; <see langword="null"/> if it is of another kind.</summary>
    public CrossEncoder? Cross => _model as CrossEncoder;

    /// <summary>Gets the model of the labels of tokens; <see langword="null"/> if it is of another kind.</summary>
    public TokenClassifier? Tagger => _model as TokenClassifier;

    /// <summary>Gets the model of answers; <see langword="null"/> if it is of another kind.</summary>
    public QuestionAnswerer? Answerer => _model as QuestionAnswerer;

    /// <summary>
    /// Gets the late-interaction model, the head of a dense model, or the token vectors of a dense model; <see langword="null"/> if there is
    /// none. A head is loaded when it is first used.
    /// </summary>
    public MultiVectorEncoder? LateInteraction => _lateInteraction.Value;

    /// <summary>
    /// Gets the model of pairs as a classifier with its thresholds, which is loaded when it is first used; <see langword="null"/> if it has
    /// no labels.
    /// </summary>
    public TextClassifier? Classifier => _classifier.Value;

    /// <summary>Gets the tokenizer.</summary>
    public Tokenizer Tokenizer => _model.Tokenizer;

    /// <summary>Gets the tokenizer without a limit that its own file sets, for texts that no model computes.</summary>
    public Tokenizer TokenizerOfWholeTexts => _wholeTexts.Value;

    /// <summary>Gets the maximum sequence length in tokens.</summary>
    public int MaxSequenceLength => _model.MaxSequenceLength;

    /// <summary>Gets the named prompts.</summary>
    public IReadOnlyDictionary<string, string> Prompts => Config.Prompts;

    /// <summary>Gets the number of parameters.</summary>
    public long ParameterCount => _model.Parameters().Sum(parameter => (long)parameter.Value.Length);

    /// <summary>Returns the adapter of a folder for one of the encoders, loaded if it is not in memory.</summary>
    /// <typeparam name="TEncoder">The kind of encoder.</typeparam>
    /// <param name="folder">The folder.</param>
    /// <param name="encoder">The encoder.</param>
    public Adapter AdapterOf<TEncoder>(string folder, Encoder<TEncoder> encoder)
        where TEncoder : Encoder<TEncoder>, ILoadable<TEncoder> => _adapters.GetOrAdd((folder, encoder), _ => encoder.LoadAdapter(folder));

    /// <summary>Loads the model of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="compute">The compute type.</param>
    public static LoadedModel Load(string folder, ComputeType compute) => ModelKinds.Of(folder) switch
    {
        ModelKind.CrossEncoder => Load<CrossEncoder>(folder, compute),
        ModelKind.SparseEncoder => Load<SparseEncoder>(folder, compute),
        ModelKind.MultiVectorEncoder => Load<MultiVectorEncoder>(folder, compute),
        ModelKind.TokenClassifier => Load<TokenClassifier>(folder, compute),
        ModelKind.QuestionAnswerer => Load<QuestionAnswerer>(folder, compute),
        _ => Load<SentenceTransformer>(folder, compute),
    };

    private static LoadedModel Load<T>(string folder, ComputeType compute)
        where T : Encoder<T>, ILoadable<T>
    {
        var model = Encoder<T>.Load(folder, compute);
        return new LoadedModel(folder, compute, model, model.Config, model.Warnings);
    }

    private MultiVectorEncoder? LoadLateInteraction() => _model switch
    {
        MultiVectorEncoder model => model,
        SentenceTransformer when ModelKinds.AllOf(Folder).Count > 1 => MultiVectorEncoder.Load(Folder, Compute),
        SentenceTransformer { Modules: [TransformerModule, ..] } dense => MultiVectorEncoder.Of(dense),
        _ => null,
    };

    // A model that scores pairs by the words of a language model has no labels.
    private TextClassifier? LoadClassifier()
    {
        try
        {
            return _model is CrossEncoder ? TextClassifier.Load(Folder, Compute) : null;
        }
        catch (ModelFormatException)
        {
            return null;
        }
    }
}

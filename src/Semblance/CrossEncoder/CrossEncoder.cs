using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;
using Semblance.Transformers.Tasks;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents a model that scores pairs of texts. A transformer encodes both texts together, and a classification head scores the pair
/// (Nogueira and Cho 2019, arXiv:1901.04085), or a causal model predicts whether one answers the other (Qwen3-Reranker: Zhang et al. 2025,
/// arXiv:2506.05176). It is more accurate than the similarity of vectors but much slower, so it is used to rerank the top results of a
/// search.
/// </summary>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public sealed class CrossEncoder : Encoder<CrossEncoder>, ILoadable<CrossEncoder>
{
    private const string Head = "ForSequenceClassification";

    private readonly TransformerModule _input;
    private readonly TaskModel _model;
    private readonly LogitScore? _score; // null for a classification head
    private readonly PairTemplate? _template; // null if the model has no template for pairs

    private CrossEncoder(TransformerModule input, TaskModel model, LogitScore? score, PairTemplate? template, CrossEncoderConfig config)
    {
        (_input, _model, _score, _template, Config) = (input, model, score, template, config);
        Labels = score is null ? TaskModel.LabelNames(model.Config) : ["LABEL_0"];
    }

    /// <summary>
    /// Gets the prompts and the activation function. A prompt precedes the first text of a pair, or is the instruction in the model's chat
    /// template.
    /// </summary>
    public override CrossEncoderConfig Config { get; }

    /// <summary>Gets the names of the scores, in their order: from <c>id2label</c>, or the one score of a causal model.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>
    /// Gets the maximum sequence length of a pair in tokens, special tokens included. The longer text of a longer pair is truncated first.
    /// </summary>
    public override int MaxSequenceLength => _input.MaxSequenceLength;

    /// <inheritdoc/>
    public override Tokenizer Tokenizer => _input.Tokenizer;

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.Logits;

    /// <inheritdoc/>
    public override int OutputDimension => Labels.Count;

    /// <inheritdoc/>
    public override Transformer? Body => _model.Body;

    static ModelKind ILoadable<CrossEncoder>.Kind => ModelKind.CrossEncoder;

    /// <summary>Gets the transformer with its tokenizer.</summary>
    internal TransformerModule Input => _input;

    private protected override IReadOnlyList<string> NewModules => _model.NewModules;

    private protected override IEnumerable<string> FileWarnings => _model.Warnings.Concat(_input.Warnings).Concat(_score?.Warnings ?? []);

    /// <summary>Creates a model to be trained: a copy of a transformer with a randomly initialized head.</summary>
    /// <param name="input">
    /// The tokenizer and the transformer, as the first module of a <see cref="SentenceTransformer"/>; it is not changed.
    /// </param>
    /// <param name="labels">The names of the scores, in their order; null for one score.</param>
    /// <param name="seed">The random seed.</param>
    /// <exception cref="ArgumentException">There is no label, or a label occurs twice.</exception>
    /// <exception cref="ModelFormatException">The architecture has no head for sequence classification.</exception>
    public static CrossEncoder Create(TransformerModule input, IReadOnlyList<string>? labels = null, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(input);
        var model = TaskModel.CreateClassifier(input.Transformer, labels ?? ["LABEL_0"], seed);
        return new CrossEncoder(input.With(model.Body), model, null, null,
            new CrossEncoderConfig { Activation = CrossEncoderConfig.Default(TaskModel.LabelCount(model.Config)) });
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => _model.Parameters();

    /// <summary>Computes the logits of pairs inside a given computation, as in training.</summary>
    /// <param name="run">The computation, which owns the result.</param>
    /// <param name="pairs">The pairs. Those that are too long are truncated.</param>
    /// <param name="prompt">The text before the first text of each pair.</param>
    /// <returns>The logits, <c>[pairs × labels]</c>.</returns>
    public Tensor Forward(Computation run, IReadOnlyList<(string Text, string Pair)> pairs, string prompt = "")
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(prompt);
        return Logits(run, Pack(pairs, prompt));
    }

    /// <inheritdoc/>
    public override PackedBatch Tokenize(ModelInput input) => Pack(PairsOf(input), input.Prompt);

    /// <inheritdoc/>
    public override ModelOutput Forward(Computation run, ModelInput input) => new(Forward(run, PairsOf(input), input.Prompt));

    /// <summary>Computes the scores of several pairs.</summary>
    /// <param name="pairs">The pairs of texts to score.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The scores, in the order of the pairs.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A pair is too long and <see cref="Truncation.Error"/> is set.</exception>
    public Predictions Predict(
        IReadOnlyList<(string Text, string Pair)> pairs, PredictOptions? options = null,
        IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options = Check(options);
        return Run(Tokenize(pairs, Config.PromptOf(options), options, cancellationToken), options, progress, cancellationToken);
    }

    /// <summary>
    /// Computes the scores of pairs, or of single texts, that <see cref="Tokenize(string, string, PredictOptions)"/> has tokenized. The
    /// scores have the same bits.
    /// </summary>
    /// <param name="inputs">The tokenized pairs or texts, such as those of several requests.</param>
    /// <param name="options">The options that they were tokenized with.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The scores, in the order of the inputs.</returns>
    /// <exception cref="ArgumentException">
    /// An option does not fit the model, a token id is not in the vocabulary, or an input is longer than the maximum sequence length.
    /// </exception>
    public Predictions Predict(IReadOnlyList<TokenizedText> inputs, PredictOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        options = Check(options);
        return Run(TokenizedTexts.Of(inputs, _input, options), options, null, cancellationToken);
    }

    /// <summary>
    /// Tokenizes a pair of texts, or one text, for <see cref="Predict(IReadOnlyList{TokenizedText}, PredictOptions, CancellationToken)"/>.
    /// </summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text; null to classify the first one alone.</param>
    /// <param name="options">The options: prompt and truncation.</param>
    /// <returns>The tokens.</returns>
    /// <exception cref="ArgumentException">
    /// An option does not fit the model, or there is no second text and the model has a template for pairs.
    /// </exception>
    /// <exception cref="TextTooLongException">The input is too long and <see cref="Truncation.Error"/> is set.</exception>
    public TokenizedText Tokenize(string text, string? pair, PredictOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        options = Check(options);
        var prompt = Config.PromptOf(options);
        return pair is not null ? Tokenize([(text, pair)], prompt, options, CancellationToken.None)[0]
            : _template is null ? TokenizedTexts.From(_input, [text], prompt, options, CancellationToken.None)[0]
            : throw new ArgumentException("The model has a template for pairs of texts; give a second text.", nameof(pair));
    }

    /// <summary>Computes the scores of one pair.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The scores, one for each label.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    /// <exception cref="TextTooLongException">The pair is too long and <see cref="Truncation.Error"/> is set.</exception>
    public float[] Predict(string text, string pair, PredictOptions? options = null) => Predict([(text, pair)], options)[0].ToArray();

    /// <summary>
    /// Scores a stream of any length in bounded memory: while some pairs are scored, the next are read and the last are returned.
    /// </summary>
    /// <param name="pairs">The pairs of texts to score.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The pairs with their scores, in their order.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A pair is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IAsyncEnumerable<Prediction> PredictAsync(
        IAsyncEnumerable<(string Text, string Pair)> pairs, PredictOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options = Check(options);
        return EncodingStream.Run(pairs, pair => (pair.Text?.Length ?? 0) + (pair.Pair?.Length ?? 0), window =>
        {
            var predictions = Predict(window, options, null, cancellationToken);
            return window.Select((pair, i) => new Prediction(pair.Text, pair.Pair, predictions[i].ToArray(),
                predictions.TokenCounts[i], predictions.Truncated[i]));
        }, cancellationToken);
    }

    /// <summary>Ranks documents by their scores with a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="documents">The documents, such as the top results of a search.</param>
    /// <param name="topK">The number of documents to return, at least 1; null for all.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The documents, by descending score; equal scores keep the order of the documents.</returns>
    /// <exception cref="InvalidOperationException">The model has several labels, so it has no single score to rank by.</exception>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    public RankedDocument[] Rank(
        string query, IReadOnlyList<string> documents, int? topK = null, PredictOptions? options = null,
        IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK ?? 1, 1, nameof(topK));
        return Labels.Count == 1
            ? RankedDocument.Order(documents,
                Predict([.. documents.Select(document => (query, document))], options, progress, cancellationToken).Scores.Values, topK)
            : throw new InvalidOperationException($"The model has {Labels.Count} labels ({string.Join(", ", Labels)}), so it has no single "
                + "score to rank by; use Predict, or a model with one label.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"CrossEncoder({_input}, {string.Join(", ", Labels)}, {Config.Activation})";

    static CrossEncoder ILoadable<CrossEncoder>.LoadFolder(string folder, bool trainable) => Folder(folder, trainable);

    private static CrossEncoder Folder(string folder, bool trainable)
    {
        ModelKinds.Require(folder, ModelKind.CrossEncoder);
        var root = ModuleList.Exists(folder) ? ModuleList.FolderOf(folder, 0) : folder;
        var (input, model) = TransformerModule.LoadTask(root, trainable);
        var score = LogitScore.Find(folder, model, input.Tokenizer);
        return score is not null || model.Architecture.EndsWith(Head, StringComparison.Ordinal)
            ? new CrossEncoder(input, model, score, PairTemplate.Find(root, isCausal: score is not null),
                CrossEncoderConfig.Load(folder, model.Config, isCausal: score is not null))
            : throw model.Config.Fault("architectures", $"names '{model.Architecture}', which has no classification head; expected a class "
                + $"whose name ends with {Head} or, of a causal model, ForCausalLM");
    }

    static CrossEncoder ILoadable<CrossEncoder>.LoadBase(string folder, string model, bool trainable)
    {
        if (ModelKinds.Of(model) == ModelKind.CrossEncoder)
        {
            return Folder(model, trainable);
        }

        // An adapter of a classifier whose head is saved with it.
        var created = Create(TransformerModule.Load(model, trainable), AdapterBase.LabelsOf(folder));
        return new CrossEncoder(created._input, created._model, null, null, CrossEncoderConfig.Load(folder, created._model.Config, false));
    }

    private protected override AdaptableModel Adaptable => AdaptableModel.Of(_model);

    private protected override void Prepare() => _model.Prepare(Compute);

    private protected override void Write(string folder, DType weights)
    {
        TransformerModule.SaveWeights(_model.Body, folder, weights, _model.Save);
        if (!File.Exists(Path.Combine(folder, "config.json")))
        {
            JsonFile.Write(Path.Combine(folder, "config.json"), _model.Config.Root.WriteTo); // the labels of an adapter's head
        }

        Tokenizer.Save(folder);
        _input.SaveSettings(folder);
        _template?.Save(folder);
        _score?.Save(folder);
    }

    private Predictions Run(
        TokenizedTexts inputs, PredictOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var activation = options.Activation ?? Config.Activation;
        var scores = Tensor.Zeros(inputs.Count, Labels.Count);
        inputs.ForEachBatch(options, Compute, progress, (run, batch, indices) =>
        {
            var logits = Logits(run, batch); // [pairs × labels]
            var results = activation == Activation.Identity ? logits : run.Activate(logits, activation);
            for (var i = 0; i < indices.Length; i++)
            {
                var row = scores.Writable.Slice(indices[i] * Labels.Count, Labels.Count);
                results.Row(i).CopyTo(row);
                if (!TensorPrimitives.IsFiniteAll<float>(row))
                {
                    throw new ModelFormatException("model",
                        $"the score of pair {indices[i]} is not finite; are the model's weights damaged?");
                }

                if (options.ApplySoftmax)
                {
                    TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
                    TensorPrimitives.SoftMax(row, row);
                }
            }
        }, cancellationToken);
        return new Predictions(scores, Labels, inputs.TokenCounts, inputs.Truncated);
    }

    private TokenizedTexts Tokenize(
        IReadOnlyList<(string Text, string Pair)> pairs, string prompt, PredictOptions options, CancellationToken cancellationToken) =>
        TokenizedTexts.From(
            pairs.Count,
            i => pairs[i] is { Text: { } text, Pair: { } pair }
                ? TokenizePair(prompt, text, pair)
                : throw new ArgumentException($"A text of pair {i} is null.", nameof(pairs)),
            MaxSequenceLength,
            options,
            cancellationToken);

    private TokenizedText TokenizePair(string prompt, string text, string pair) =>
        _template?.Tokenize(_input, prompt, text, pair) ?? _input.TokenizePair(prompt + text, pair);

    private PackedBatch Pack(IReadOnlyList<(string Text, string Pair)> pairs, string prompt) =>
        Tokenize(pairs, prompt, PredictOptions.Default, CancellationToken.None).Pack();

    private static (string Text, string Pair)[] PairsOf(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return [.. input.Texts.Zip(input.Pairs
            ?? throw new ArgumentException("A cross-encoder scores pairs of texts; the input has single texts.", nameof(input)))];
    }

    /// <summary>Computes the logits of a batch, <c>[pairs × labels]</c>.</summary>
    internal Tensor Logits(Computation run, PackedBatch batch)
    {
        batch = _model.Body.WithVirtualTokens(run, batch);
        var hidden = _model.Body.Forward(run, batch); // [tokens × hidden]
        // [pairs × labels]
        return _score?.Forward(run, ((VocabularyHead)_model.Head!).Decoder, hidden, batch) ?? _model.Head!.Forward(run, hidden, batch);
    }

    private PredictOptions Check(PredictOptions? options)
    {
        options ??= PredictOptions.Default;
        options.Check(Body);
        return options.ApplySoftmax && Labels.Count == 1
            ? throw new ArgumentException("The model has one label, whose softmax is 1 for every pair; leave ApplySoftmax out.",
                nameof(options))
            : options;
    }
}

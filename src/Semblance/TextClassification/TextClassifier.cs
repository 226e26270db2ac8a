using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents a model that classifies texts, or pairs of texts: by one label, such as a sentiment or an intent, by any number of labels,
/// such as topics, or by numbers (Devlin et al. 2019, arXiv:1810.04805).
/// </summary>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public sealed class TextClassifier : TaskEncoder<TextClassifier>, ILoadable<TextClassifier>
{
    private const float DefaultThreshold = 0.5f;

    private TextClassifier(TransformerModule input, TaskModel model, TextClassifierConfig config)
        : base(input, model) => (Config, Labels) = (config, TaskModel.LabelNames(model.Config));

    /// <summary>Gets the kind of problem and the thresholds.</summary>
    public override TextClassifierConfig Config { get; }

    /// <summary>Gets the names of the labels, from <c>id2label</c>.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.TextLogits;

    /// <inheritdoc/>
    public override int OutputDimension => Labels.Count;

    static ModelKind ILoadable<TextClassifier>.Kind => ModelKind.CrossEncoder;

    /// <summary>Creates a model to be trained: a copy of a transformer with a randomly initialized head.</summary>
    /// <param name="input">
    /// The tokenizer and the transformer, as the first module of a <see cref="SentenceTransformer"/>; it is not changed.
    /// </param>
    /// <param name="labels">The names of the labels, in their order.</param>
    /// <param name="problem">The kind of problem.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="shared">
    /// <see langword="true"/> to share the parameters of the transformer, for training several heads together; <see langword="false"/>, the
    /// default, to copy them.
    /// </param>
    /// <exception cref="ArgumentException">There is no label, or a label occurs twice.</exception>
    /// <exception cref="ModelFormatException">The architecture has no head for sequence classification.</exception>
    public static TextClassifier Create(
        TransformerModule input, IReadOnlyList<string> labels, ClassificationProblem problem = ClassificationProblem.SingleLabel,
        int seed = 0, bool shared = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        var model = TaskModel.Create(
            input.Transformer, TaskKind.SequenceClassification, labels, seed, TextClassifierConfig.NameOf(problem), shared);
        return new TextClassifier(input.With(model.Body), model, new TextClassifierConfig { Problem = problem });
    }

    /// <summary>Returns a model with the same parameters and other thresholds.</summary>
    /// <param name="thresholds">The threshold of each label; empty for 0.5 for all.</param>
    /// <exception cref="ArgumentException">The number of thresholds is not the number of labels.</exception>
    public TextClassifier WithThresholds(IReadOnlyList<float> thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        return thresholds.Count == 0 || thresholds.Count == Labels.Count
            ? new TextClassifier(Input, Model, Config with { Thresholds = thresholds }) { Compute = Compute }
            : throw new ArgumentException($"There are {thresholds.Count} thresholds for {Labels.Count} labels.", nameof(thresholds));
    }

    /// <summary>Classifies several texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The texts with their labels, in their order.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<ClassifiedText> Classify(
        IReadOnlyList<string> texts, ClassifyOptions? options = null, IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Classify([.. texts.Select(text => (text, (string?)null))], options, progress, cancellationToken);
    }

    /// <summary>Classifies several texts or pairs of texts.</summary>
    /// <param name="texts">The texts, with the second text of a pair or null.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The texts with their labels, in their order.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<ClassifiedText> Classify(
        IReadOnlyList<(string Text, string? Pair)> texts, ClassifyOptions? options = null, IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Check(options);
        var tokenized = Tokenize(texts, options, cancellationToken);
        var scores = Score(tokenized, options, progress, cancellationToken);
        var (counts, truncated) = (tokenized.TokenCounts, tokenized.Truncated);
        return [.. texts.Select((text, i) => new ClassifiedText(
            text.Text, text.Pair, Best(scores[i], options), scores[i], counts[i], truncated[i]))];
    }

    /// <summary>
    /// Classifies texts that the caller has tokenized (<see cref="Tokenize(string, string?, ClassifyOptions)"/>), such as those of several
    /// requests.
    /// </summary>
    /// <param name="texts">The tokenized texts or pairs of texts.</param>
    /// <param name="options">The options that they were tokenized with.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The labels of each text, by descending score.</returns>
    /// <exception cref="ArgumentException">
    /// An option does not fit the model, a token id is not in the vocabulary, or a text is longer than the maximum sequence length.
    /// </exception>
    public IReadOnlyList<IReadOnlyList<LabelScore>> Classify(
        IReadOnlyList<TokenizedText> texts, ClassifyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Check(options);
        return [.. Score(TokenizedTexts.Of(texts, Input, options), options, null, cancellationToken).Select(own => Best(own, options))];
    }

    /// <summary>Tokenizes a text, or a pair of texts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text of a pair; null for a single text.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    /// <exception cref="TextTooLongException">The text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public TokenizedText Tokenize(string text, string? pair, ClassifyOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Tokenize([(text, pair)], Check(options), CancellationToken.None)[0];
    }

    /// <summary>Classifies a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The labels, by descending score.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    /// <exception cref="TextTooLongException">The text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<LabelScore> Classify(string text, ClassifyOptions? options = null) => Classify([text], options)[0].Labels;

    /// <summary>
    /// Classifies a stream of any length in bounded memory: while some texts are classified, the next are read and the last are returned.
    /// </summary>
    /// <param name="texts">The texts, with the second text of a pair or null.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The texts with their labels, in their order.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IAsyncEnumerable<ClassifiedText> ClassifyAsync(
        IAsyncEnumerable<(string Text, string? Pair)> texts, ClassifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = Check(options);
        return EncodingStream.Run(
            texts, text => (text.Text?.Length ?? 0) + (text.Pair?.Length ?? 0),
            window => Classify(window, options, null, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public override PackedBatch Tokenize(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Tokenize(
            [.. input.Texts.Select((text, i) => (input.Prompt + text, input.Pairs?[i]))], ClassifyOptions.Default, CancellationToken.None)
            .Pack();
    }

    /// <inheritdoc/>
    public override ModelOutput Forward(Computation run, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new ModelOutput(Logits(run, Tokenize(input))); // [texts × labels]
    }

    /// <inheritdoc/>
    public override string ToString() => $"TextClassifier({Input}, {Config.Problem}, {string.Join(", ", Labels)})";

    static TextClassifier ILoadable<TextClassifier>.LoadFolder(string folder, bool trainable)
    {
        var (input, model) = LoadTask(
            folder, trainable, ModelKind.CrossEncoder, TaskKind.SequenceClassification, "head that classifies texts");
        return new TextClassifier(input, model, TextClassifierConfig.Load(model.Config));
    }

    static TextClassifier ILoadable<TextClassifier>.LoadBase(string folder, string model, bool trainable)
    {
        if (ModelKinds.Of(model) == ModelKind.CrossEncoder)
        {
            return LoadFolder<TextClassifier>(model, trainable);
        }

        // The head is saved with the adapter.
        var config = AdapterBase.SettingsOf(folder) is { } settings ? TextClassifierConfig.Load(settings) : new TextClassifierConfig();
        return Create(TransformerModule.Load(model, trainable), AdapterBase.LabelsOf(folder), config.Problem)
            .WithThresholds(config.Thresholds);
    }

    private TokenizedTexts Tokenize(
        IReadOnlyList<(string Text, string? Pair)> texts, TextOptions options, CancellationToken cancellationToken)
    {
        var tokenizing = new TokenizerOptions { MaxLength = MaxSequenceLength };
        return TokenizedTexts.From(
            texts.Count,
            i =>
            {
                var window = Windows(
                    texts[i].Text ?? throw new ArgumentException($"Text {i} is null.", nameof(texts)), texts[i].Pair, tokenizing)[0];
                return TokenizedText.Of(window) with { IsTruncated = window.Truncated };
            },
            MaxSequenceLength, options, cancellationToken);
    }

    private float[][] Score(
        TokenizedTexts texts, ClassifyOptions options, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        var scores = new float[texts.Count][];
        texts.ForEachBatch(options, Compute, progress, (run, batch, indices) =>
        {
            var logits = Logits(run, batch); // [texts × labels]
            for (var i = 0; i < indices.Length; i++)
            {
                scores[indices[i]] = Scores(logits.Row(i), indices[i]);
            }
        }, cancellationToken);
        return scores;
    }

    private float[] Scores(ReadOnlySpan<float> logits, int text)
    {
        if (!TensorPrimitives.IsFiniteAll(logits))
        {
            throw new ModelFormatException("model", $"the score of text {text} is not finite; are the model's weights damaged?");
        }

        var scores = logits.ToArray();
        switch (Config.Problem)
        {
            case ClassificationProblem.SingleLabel:
                Softmax(logits, scores);
                break;
            case ClassificationProblem.MultiLabel:
                TensorPrimitives.Sigmoid(logits, scores);
                break;
        }

        return scores;
    }

    private IReadOnlyList<LabelScore> Best(float[] scores, ClassifyOptions options)
    {
        var (problem, thresholds) = (Config.Problem, Config.Thresholds);
        var sorted = scores.Select((score, i) => (Score: score, Index: i)).OrderByDescending(label => label.Score);
        var kept = problem switch
        {
            ClassificationProblem.SingleLabel => sorted.Take(options.TopK ?? 1),
            ClassificationProblem.MultiLabel when options.TopK is null || options.Threshold is not null => sorted.Where(label =>
                label.Score >= (options.Threshold ?? (thresholds.Count > 0 ? thresholds[label.Index] : DefaultThreshold)))
                .Take(options.TopK ?? int.MaxValue),
            _ => sorted.Take(options.TopK ?? int.MaxValue),
        };
        return [.. kept.Select(label => new LabelScore(Labels[label.Index], label.Score))];
    }

    private ClassifyOptions Check(ClassifyOptions? options)
    {
        options ??= ClassifyOptions.Default;
        options.Check(Body);
        return options;
    }
}

using System.Runtime.CompilerServices;
using Semblance.Chunking;
using Semblance.Generation;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Generation;
using Semblance.Transformers.Tasks;

namespace Semblance;

/// <summary>
/// Represents a model that generates a text from a text: a summary, a translation, a simpler sentence. A decoder attends to the states of
/// an encoder, as in T5 (Raffel et al. 2020, arXiv:1910.10683).
/// </summary>
/// <remarks>
/// As an <see cref="ITrainableModel"/>, it computes the logits of each token of a target (<see cref="ModelInput.Pairs"/>) from the tokens
/// before it: the decoder's input is the target shifted right, after its start token (teacher forcing).
/// </remarks>
/// <inheritdoc cref="Encoder{TSelf}" path="/remarks"/>
public sealed class SequenceToSequenceModel : TaskEncoder<SequenceToSequenceModel>, ILoadable<SequenceToSequenceModel>
{
    private const string TasksField = "task_specific_params";
    private const int WindowTexts = 16; // of a stream, for each thread

    private readonly Decoder _decoder;

    private SequenceToSequenceModel(TransformerModule input, TaskModel model, SequenceToSequenceConfig config)
        : base(input, model) => (Config, _decoder) = (config, model.Decoder!);

    /// <summary>Gets the prefix and the settings of generation.</summary>
    public override SequenceToSequenceConfig Config { get; }

    /// <summary>
    /// Gets the names of the tasks that <c>task_specific_params</c> in <c>config.json</c> has settings for, such as <c>summarization</c>;
    /// often none.
    /// </summary>
    public IReadOnlyList<string> Tasks =>
        [.. Model.Config.Section(TasksField)?.Root.EnumerateObject().Select(task => task.Name) ?? []];

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SequenceLogits;

    /// <summary>Gets the number of columns of the logits: the vocabulary size.</summary>
    public override int OutputDimension => Model.Body.VocabularySize;

    static ModelKind ILoadable<SequenceToSequenceModel>.Kind => ModelKind.SequenceToSequenceModel;

    /// <summary>Creates a model to be trained: a copy of an encoder with a randomly initialized decoder.</summary>
    /// <param name="input">
    /// The tokenizer and the transformer, as the first module of a <see cref="SentenceTransformer"/>; it is not changed.
    /// </param>
    /// <param name="maxTargetLength">The maximum number of tokens of a target, its end token included. 128 by default.</param>
    /// <param name="prefix">The text before each source; empty by default.</param>
    /// <param name="seed">The random seed.</param>
    /// <exception cref="ArgumentException">The tokenizer has no token that ends a text.</exception>
    /// <exception cref="ModelFormatException">The architecture has no decoder for the generation of texts.</exception>
    public static SequenceToSequenceModel Create(
        TransformerModule input, int maxTargetLength = SequenceToSequenceConfig.DefaultMaxTargetLength, string prefix = "", int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTargetLength, 2);
        var encoding = input.Tokenizer.Encode("a");
        if (encoding.Count == 0 || encoding.SpecialTokensMask[^1] == 0)
        {
            throw new ArgumentException(
                "The tokenizer ends a text with no special token, so a generated text would not end; use a tokenizer with one, as T5's.",
                nameof(input));
        }

        var (end, padding, body) = (encoding.Ids[^1], input.Tokenizer.PaddingId, input.Transformer);
        var start = body.Configuration.Find("decoder_start_token_id") is null
            ? padding ?? 0
            : body.Configuration.WholeNumber("decoder_start_token_id", 0, body.VocabularySize - 1);
        var model = TaskModel.CreateGenerator(body, start, end, seed);
        return new SequenceToSequenceModel(
            input.With(model.Body), model, SequenceToSequenceConfig.New(start, end, padding, maxTargetLength) with { Prefix = prefix });
    }

    /// <summary>Returns a model with the same parameters and other settings, which are saved with it.</summary>
    /// <param name="maxSequenceLength">The maximum sequence length of a source in tokens; null for the model's.</param>
    /// <param name="maxTargetLength">The maximum number of tokens of a target; null for the model's.</param>
    /// <param name="prefix">The text before each source; null for the model's.</param>
    public SequenceToSequenceModel With(int? maxSequenceLength = null, int? maxTargetLength = null, string? prefix = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTargetLength ?? 2, 2);
        var input = maxSequenceLength is { } length ? Input.WithMaxLength(length).With(Input.Transformer) : Input;
        var config = maxTargetLength is { } target ? Config.WithMaxTargetLength(target) : Config;
        return new(input, Model, config with { Prefix = prefix ?? config.Prefix }) { Compute = Compute };
    }

    /// <summary>
    /// Returns a model with the same parameters, and the prefix and settings of generation of one of <see cref="Tasks"/>.
    /// </summary>
    /// <param name="task">The name, such as <c>summarization</c> or <c>translation_en_to_de</c>.</param>
    /// <exception cref="ArgumentException">The model has no settings for the task.</exception>
    public SequenceToSequenceModel ForTask(string task)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        var section = Model.Config.Section(TasksField)?.Section(task) ?? throw new ArgumentException(
            $"The model has no settings for the task '{task}'; it has them for {(Tasks.Count == 0 ? "none" : string.Join(", ", Tasks))}.",
            nameof(task));
        return new(Input, Model, Config.ForTask(section)) { Compute = Compute };
    }

    /// <summary>Generates a text from each of several texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives progress after each text.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The generated texts, in the order of the sources. They do not depend on the number of threads.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public IReadOnlyList<GeneratedText> Generate(
        IReadOnlyList<string> texts, GenerateOptions? options = null, IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= GenerateOptions.Default;
        options.Check(Body);
        var generator = new TextGenerator(LanguageModel.Of(Model, Compute), Tokenizer, Config.Generation);
        var prefix = options.Prompt ?? Config.Prefix;
        Encoding[][] parts = [.. texts.Select((text, i) => Parts(
            text ?? throw new ArgumentException($"Text {i} is null.", nameof(texts)), prefix, options, cancellationToken))];
        if (options.Truncation == Truncation.Error && Array.FindIndex(parts, part => part[0].Truncated) is >= 0 and var tooLong)
        {
            throw new TextTooLongException(tooLong, MaxSequenceLength, Tokenizer.Count(prefix + texts[tooLong]));
        }

        options.Counter?.Add(
            [.. parts.Select(part => part.Sum(tokens => tokens.Count))], [.. parts.Select(part => part.Any(tokens => tokens.Truncated))],
            MaxSequenceLength);
        var config = options.Generation ?? Config.Generation;
        var isAlone = texts.Count == 1; // otherwise, each text has a thread
        config = config with { MaxThreads = isAlone ? options.MaxThreads ?? config.MaxThreads : 1 };
        var (results, done) = (new GeneratedText[texts.Count], 0);
        Workers.Shared.For(texts.Count, isAlone ? 1 : options.WorkerCount, i =>
        {
            var sequences = Array.ConvertAll(
                parts[i], tokens => generator.GenerateTokens(IdsOf(tokens), config, cancellationToken)[0]);
            results[i] = new GeneratedText(
                texts[i], string.Join(' ', sequences.Select(generator.Decode)), parts[i].Sum(tokens => tokens.Count),
                parts[i].Any(tokens => tokens.Truncated),
                sequences.Any(sequence => sequence.FinishReason == FinishReason.Length) ? FinishReason.Length : sequences[^1].FinishReason);
            progress?.Report(new EncodeProgress(Interlocked.Increment(ref done), texts.Count));
        }, cancellationToken);
        return results;
    }

    /// <summary>Generates a text from a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The generated text.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model.</exception>
    /// <exception cref="TextTooLongException">The text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public string Generate(string text, GenerateOptions? options = null, CancellationToken cancellationToken = default) =>
        Generate([text], options, null, cancellationToken)[0].Text;

    /// <summary>Generates texts from a stream of any length, in bounded memory.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The generated texts, in the order of the sources.</returns>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    /// <exception cref="TextTooLongException">A text is too long and <see cref="Truncation.Error"/> is set.</exception>
    public async IAsyncEnumerable<GeneratedText> GenerateAsync(
        IAsyncEnumerable<string> texts, GenerateOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var first = 0L;
        var windows = texts.Chunk(WindowTexts * Workers.Shared.Count);
        await foreach (var window in windows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            IReadOnlyList<GeneratedText> generated;
            try
            {
                generated = await Task.Run(() => Generate(window, options, null, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (TextTooLongException e)
            {
                throw new TextTooLongException(first + e.Index, e.Limit, e.TokenCount);
            }

            first += window.Length;
            foreach (var text in generated)
            {
                yield return text;
            }
        }
    }

    /// <summary>Returns the token ids of targets, which the logits of <see cref="Forward"/> are for, the end token included.</summary>
    /// <param name="targets">The targets. Those that are too long are truncated.</param>
    public IReadOnlyList<int[]> TokenizeTargets(IReadOnlyList<string> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        var options = new TokenizerOptions { MaxLength = Config.MaxTargetLength };
        return [.. targets.Select(target => Windows(target, null, options)[0].Ids.ToArray())];
    }

    /// <summary>Tokenizes the sources of an input, each with the prompt of the input, or else the prefix of the model, before it.</summary>
    /// <param name="input">The texts. Those that are too long are truncated.</param>
    public override PackedBatch Tokenize(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var prefix = input.Prompt.Length > 0 ? input.Prompt : Config.Prefix;
        return PackedBatch.From([.. input.Texts.Select(text => IdsOf(Encode(prefix + text)))]);
    }

    /// <summary>Computes the logits of each token of the targets, <see cref="ModelInput.Pairs"/>, from the tokens before it.</summary>
    /// <param name="run">The computation, which owns the result.</param>
    /// <param name="input">The sources and targets. Those that are too long are truncated.</param>
    /// <returns>The logits, <c>[target tokens × vocabulary]</c>, with the first row of each target.</returns>
    /// <exception cref="ArgumentException">The input has no targets, or a target has no tokens.</exception>
    public override ModelOutput Forward(Computation run, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(input);
        var targets = TokenizeTargets(input.Pairs ?? throw new ArgumentException(
            "A sequence-to-sequence model takes pairs of source and target; the input has single texts.", nameof(input)));
        var start = Config.Generation.DecoderStartTokenId ?? Config.Generation.BosTokenId ?? throw new ModelFormatException(
            Model.Config.Path, "'decoder_start_token_id' is missing; the decoder needs the token that a text begins with.");
        var shifted = PackedBatch.From([.. targets.Select(Shifted)]);
        var batch = Tokenize(input);
        using var states = Model.Body.Forward(run, batch); // [source tokens × hidden]
        using var hidden = _decoder.Forward(run, shifted, states, batch); // [target tokens × hidden]
        return new ModelOutput(_decoder.Logits(run, hidden), shifted.Offsets.ToArray());

        int[] Shifted(int[] target, int i) => target.Length > 0
            ? [start, .. target[..^1]]
            : throw new ArgumentException($"Target {i} has no tokens.", nameof(input));
    }

    /// <inheritdoc/>
    public override string ToString() => $"SequenceToSequenceModel({Input}, {_decoder.Body.LayerCount} layers of the decoder)";

    static SequenceToSequenceModel ILoadable<SequenceToSequenceModel>.LoadFolder(string folder, bool trainable)
    {
        var (input, model) = LoadTask(
            folder, trainable, ModelKind.SequenceToSequenceModel, TaskKind.ConditionalGeneration, "decoder that generates texts");
        return new SequenceToSequenceModel(input, model, SequenceToSequenceConfig.Load(model.Config));
    }

    private Encoding Encode(string text) => Windows(text, null, new TokenizerOptions { MaxLength = MaxSequenceLength })[0];

    private Encoding[] Parts(string text, string prefix, GenerateOptions options, CancellationToken cancellationToken) =>
        options.Truncation == Truncation.Chunk
            ? [.. Chunker.Divide(Input, text, prefix, EncodeOptions.Default, cancellationToken)
                .Select(chunk => Encode(prefix + chunk.Of(text).Trim().ToString()))]
            : [Encode(prefix + text)];

    // An encoder does not accept a text without tokens.
    private int[] IdsOf(Encoding tokens) => tokens.Count > 0 ? tokens.Ids.ToArray() : [Tokenizer.PaddingId ?? 0];
}

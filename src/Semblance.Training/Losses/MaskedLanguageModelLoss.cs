using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Training;

/// <summary>
/// Pretraining: the cross-entropy of hidden words (Devlin et al. 2019, arXiv:1810.04805). One text column, no labels; pooling and what
/// follows it take no part. Only the hidden tokens go through the head and the vocabulary.
/// </summary>
/// <remarks>
/// <see cref="TrainingBatch.DropoutSeed"/> also decides which tokens are hidden; without it, the same places are in every batch.
/// <see cref="Save"/> makes the folder one of the original's class, such as <c>BertForMaskedLM</c>, from which the head is loaded again.
/// </remarks>
public sealed class MaskedLanguageModelLoss : Objective
{
    private const ulong SeedWithoutDropout = 0;

    private readonly TransformerModule _module;
    private readonly TaskModel _task;

    /// <summary>Makes the loss with a given head.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="task">The transformer of <paramref name="model"/> with its head.</param>
    /// <param name="options">The share of tokens that are masked; null for the defaults.</param>
    /// <exception cref="ArgumentException">The tokenizer has no mask token, the head is another transformer's or predicts no words, or an option is out of range.</exception>
    public MaskedLanguageModelLoss(SentenceTransformer model, TaskModel task, MaskingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        _module = InputOf(model);
        if (!ReferenceEquals(task.Body, _module.Transformer))
        {
            throw new ArgumentException("The head stands on another transformer; make it for the model's own.", nameof(task));
        }

        _task = task;
        Head = task.Head as VocabularyHead ?? throw new ArgumentException($"'{task.Architecture}' has no head that predicts words.", nameof(task));
        Masking = new TokenMasking(model.Tokenizer, options);
        foreach (var (_, parameter) in Parameters())
        {
            parameter.RequiresGradient = true;
        }
    }

    /// <summary>Makes the loss with a head that has learned nothing.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="options">How much is hidden; null for the defaults.</param>
    /// <param name="seed">Where the random weights begin.</param>
    /// <exception cref="ArgumentException">The transformer's architecture has no head that predicts masked tokens, the tokenizer has no mask token, or an option is out of range.</exception>
    public MaskedLanguageModelLoss(SentenceTransformer model, MaskingOptions? options = null, int seed = 0)
        : this(model, TaskModel.CreateMaskedLanguageModel(TransformerOf(model), seed), options)
    {
    }

    /// <summary>The head, trained with the model.</summary>
    public VocabularyHead Head { get; }

    /// <summary>What hides tokens.</summary>
    public TokenMasking Masking { get; }

    /// <summary>Makes the loss with the head that a folder has; with a random one where it has only the body.</summary>
    /// <param name="folder">The folder that the model was loaded from.</param>
    /// <param name="model">The model that is trained.</param>
    /// <param name="options">How much is hidden; null for the defaults.</param>
    /// <param name="seed">Where the weights of a random head begin.</param>
    /// <exception cref="ArgumentException">The transformer's architecture has no head that predicts masked tokens, the tokenizer has no mask token, or an option is out of range.</exception>
    /// <exception cref="FormatException">The head is damaged or of other sizes.</exception>
    public static MaskedLanguageModelLoss Load(string folder, SentenceTransformer model, MaskingOptions? options = null, int seed = 0)
    {
        var body = TransformerOf(model);
        return new(model, TaskModel.LoadMaskedLanguageModel(folder, body) ?? TaskModel.CreateMaskedLanguageModel(body, seed), options);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Devlin];

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => _task.HeadParameters;

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var tokens = Hide(batch.Model, batch.Texts(0), batch.Prompts is [var prompt, ..] ? prompt : "", batch.DropoutSeed ?? SeedWithoutDropout);
        using var run = batch.Start();
        var loss = Forward(run, tokens);
        run.Backward(loss, Tensor.From([batch.Scale], 1));
        return loss.Values[0];
    }

    /// <summary>The mean cross-entropy of the hidden tokens.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="tokens">The batch, with at least one hidden token.</param>
    /// <returns><c>[1]</c>.</returns>
    public Tensor Forward(Computation run, MaskedTokens tokens)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(tokens);
        return run.Mean(run.CrossEntropy(Transformed(run, tokens), Head.Decoder, tokens.Targets));
    }

    /// <inheritdoc/>
    public override void Save(ITrainableModel model, string folder, DType weights = DType.F32) => _task.Save(folder, weights);

    /// <summary>The scores of all words for each hidden token: <c>[hidden tokens × vocabulary]</c>.</summary>
    internal Tensor Scores(Computation run, MaskedTokens tokens) => run.Linear(Transformed(run, tokens), Head.Decoder);

    /// <summary>Tokenizes texts and hides some of their tokens.</summary>
    /// <exception cref="LossInputException">All tokens are special.</exception>
    internal MaskedTokens Hide(SentenceTransformer model, IReadOnlyList<string> texts, string prompt, ulong seed)
    {
        if (!ReferenceEquals(model.Modules[0], _module))
        {
            throw new ArgumentException("The loss was made for another model, whose word table its head shares.", nameof(model));
        }

        var tokens = Masking.Apply(model.Tokenize(texts, prompt).Batch, seed);
        return tokens.Positions.Length > 0 ? tokens : throw new LossInputException($"MaskedLanguageModelLoss: none of the {texts.Count} texts has a token that could be hidden; leave empty texts out.");
    }

    private Tensor Transformed(Computation run, MaskedTokens tokens)
    {
        using var hidden = _module.Transformer.Forward(run, tokens.Batch); // [tokens × hidden]
        using var chosen = run.Rows(hidden, tokens.Positions);
        return Head.Transform(run, chosen);
    }

    private static Transformers.Transformer TransformerOf(SentenceTransformer model) => InputOf(model ?? throw new ArgumentNullException(nameof(model))).Transformer;

    private static TransformerModule InputOf(SentenceTransformer model) => model.Modules[0] as TransformerModule
        ?? throw new ArgumentException($"Masked words need a model that begins with a transformer; this one begins with {model.Modules[0]}.", nameof(model));
}

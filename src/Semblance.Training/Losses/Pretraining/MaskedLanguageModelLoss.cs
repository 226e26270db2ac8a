using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;
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
    private const string Devlin =
        """
        @inproceedings{devlin2019bert,
            title = "{BERT}: Pre-training of Deep Bidirectional Transformers for Language Understanding",
            author = "Devlin, Jacob and Chang, Ming-Wei and Lee, Kenton and Toutanova, Kristina",
            booktitle = "Proceedings of the 2019 Conference of the North American Chapter of the Association for Computational Linguistics: Human Language Technologies",
            year = "2019",
            pages = "4171--4186",
            url = "https://arxiv.org/abs/1810.04805",
        }
        """;

    private const ulong SeedWithoutDropout = 0;

    private readonly TaskModel _task;

    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MaskedLanguageModelLoss), ModelOutputKind.SentenceEmbeddings, ["rate", "whole-words"], (node, context) =>
        {
            var usual = new MaskingOptions();
            var options = usual with { Rate = node.Find("rate")?.Number(0.01, 0.99) ?? usual.Rate, WholeWords = node.Flag("whole-words", usual.WholeWords) };
            return context.Folder is { } folder
                ? Load(folder, context.Model, options, context.Seed)
                : new MaskedLanguageModelLoss(context.Model, options, context.Seed);
        });

    /// <summary>Makes the loss with a given head.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="task">The transformer of <paramref name="model"/> with its head.</param>
    /// <param name="options">How much is hidden; null for the defaults.</param>
    /// <exception cref="ArgumentException">The tokenizer has no mask token, the head is another transformer's or predicts no words, or an option is out of range.</exception>
    public MaskedLanguageModelLoss(ITrainableModel model, TaskModel task, MaskingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        if (!ReferenceEquals(task.Body, BodyOf(model)))
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
    public MaskedLanguageModelLoss(ITrainableModel model, MaskingOptions? options = null, int seed = 0)
        : this(model, TaskModel.CreateMaskedLanguageModel(BodyOf(model), seed), options)
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
    public static MaskedLanguageModelLoss Load(string folder, ITrainableModel model, MaskingOptions? options = null, int seed = 0)
    {
        var body = BodyOf(model);
        return new(model, TaskModel.LoadMaskedLanguageModel(folder, body) ?? TaskModel.CreateMaskedLanguageModel(body, seed), options);
    }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Devlin];

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => _task.HeadParameters;

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        RequireOutputs(batch);
        var tokens = Hide(batch.Model, batch.Input(0) with { Route = null }, batch.DropoutSeed ?? SeedWithoutDropout);
        using var run = batch.Start();
        return Backward(run, Forward(run, tokens), batch);
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
    internal MaskedTokens Hide(ITrainableModel model, ModelInput input, ulong seed)
    {
        if (!ReferenceEquals(model.Body, _task.Body))
        {
            throw new ArgumentException("The loss was made for another model, whose word table its head shares.", nameof(model));
        }

        var tokens = Masking.Apply(model.Tokenize(input), seed);
        return tokens.Positions.Length > 0 ? tokens : throw new LossInputException($"MaskedLanguageModelLoss: none of the {input.Texts.Count} texts has a token that could be hidden; leave empty texts out.");
    }

    private Tensor Transformed(Computation run, MaskedTokens tokens)
    {
        using var hidden = _task.Body.Forward(run, tokens.Batch); // [tokens × hidden]
        using var chosen = run.Rows(hidden, tokens.Positions);
        return Head.Transform(run, chosen);
    }

    private static Transformer BodyOf(ITrainableModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Body ?? throw new ArgumentException("Masked words need a model that begins with a transformer.", nameof(model));
    }
}

using System.CommandLine;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Cli.Options;

/// <summary>
/// Represents <c>--model</c>: a folder, a Hub id, or nothing for the default model; with <c>--compute</c> beside it in commands that load
/// the model.
/// </summary>
internal sealed class ModelOption : Option<string?>
{
    private readonly ComputeOption _compute = new();

    public ModelOption()
        : base("--model")
    {
        Description = "The model: a folder or a Hugging Face Hub id; default: the bundled model for English and Chinese";
        HelpName = "MODEL";
    }

    /// <summary>Adds the option, and <c>--compute</c>, to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(this);
        command.Add(_compute);
    }

    /// <summary>Returns the compute type of the command line.</summary>
    public ComputeType Compute(ParseResult arguments) => arguments.GetValue(_compute);

    /// <summary>Returns the compute type of the command line, or else the one that an index was built with.</summary>
    public ComputeType Compute(ParseResult arguments, TextIndexSettings index) =>
        arguments.GetResult(_compute) is not { Implicit: false } && Enum.TryParse<ComputeType>(index.ComputeType, true, out var built)
            ? built
            : Compute(arguments);

    /// <summary>Gets the options that control how the model is loaded.</summary>
    public IReadOnlyList<Option> All => [this, _compute];

    /// <summary>Returns the folder of the model, downloaded if it is a Hub id.</summary>
    public Task<string> FolderAsync(
        ParseResult arguments, Host host, CancellationToken cancellationToken, ModelKind? kind = ModelKind.SentenceTransformer) =>
        FolderAsync(arguments.GetValue(this), host, cancellationToken, kind);

    /// <summary>Loads the model, which produces sentence embeddings.</summary>
    public async Task<SentenceTransformer> LoadAsync(ParseResult arguments, Host host, CancellationToken cancellationToken) =>
        await LoadAsync(arguments.GetValue(this), Compute(arguments), host, cancellationToken).ConfigureAwait(false);

    /// <summary>Loads the model of a name, which produces sentence embeddings.</summary>
    public static async Task<SentenceTransformer> LoadAsync(
        string? name, ComputeType compute, Host host, CancellationToken cancellationToken) =>
        Load(await FolderAsync(name, host, cancellationToken).ConfigureAwait(false), compute, host);

    /// <summary>Loads the model of a folder, which produces sentence embeddings.</summary>
    public static SentenceTransformer Load(string folder, ComputeType compute, Host host)
    {
        var model = SentenceTransformer.Load(folder, compute);
        host.Warn(model.Warnings);
        return model.MakesSentenceEmbeddings
            ? model
            : throw new ModelFormatException(
                folder, "the model has no pooling, so it produces no sentence embeddings; add a Pooling module to its modules.json.");
    }

    /// <summary>Returns the folder of the model of a name, downloaded if the name is a Hub id.</summary>
    /// <param name="model">The name; <see langword="null"/> for the default model.</param>
    /// <param name="host">The standard streams.</param>
    /// <param name="cancellationToken">The token that cancels the download.</param>
    /// <param name="kind">
    /// The kind of the model, which determines the organization of an id without one; <see langword="null"/> for none.
    /// </param>
    /// <param name="revision">The revision on the Hub; <see langword="null"/> for the main branch.</param>
    public static async Task<string> FolderAsync(
        string? model, Host host, CancellationToken cancellationToken, ModelKind? kind = ModelKind.SentenceTransformer,
        string? revision = null)
    {
        if (model is null or DefaultModel.Name)
        {
            var folder = host.DefaultModelFolder;
            if (Untrained(folder) is { } warning)
            {
                host.Error.WriteLine($"note: {warning}");
            }

            return folder;
        }

        if (Directory.Exists(model))
        {
            AtomicFolder.Recover(model);
            return model;
        }

        var id = HubId.Of(model, kind);
        try
        {
            return await Hub.DownloadAsync(id, revision, host, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException failure) when (!model.Contains('/', StringComparison.Ordinal))
        {
            throw HubId.NotFound(model, id, failure);
        }
    }

    /// <summary>Loads the model that reranks the hits of a search.</summary>
    /// <param name="name">The name; <see langword="null"/> for the default model.</param>
    /// <param name="compute">The compute type.</param>
    /// <param name="host">The standard streams.</param>
    /// <param name="cancellationToken">The token that cancels the download.</param>
    public static async Task<Reranker> LoadRerankerAsync(
        string? name, ComputeType compute, Host host, CancellationToken cancellationToken)
    {
        var folder = await FolderAsync(name, host, cancellationToken, ModelKind.CrossEncoder).ConfigureAwait(false);
        var reranker = Reranker.Load(folder, compute);
        host.Warn(reranker.Warnings);
        return reranker;
    }

    /// <summary>Loads the model that reranks; without a name, the late-interaction head of the default model.</summary>
    /// <inheritdoc cref="LoadRerankerAsync" path="/param"/>
    /// <exception cref="ModelFormatException">The default model has no such head.</exception>
    public static async Task<Reranker> LoadRerankerOrHeadAsync(
        string? name, ComputeType compute, Host host, CancellationToken cancellationToken) =>
        name is not null || ModelKinds.AllOf(host.DefaultModelFolder).Contains(ModelKind.MultiVectorEncoder)
            ? await LoadRerankerAsync(name, compute, host, cancellationToken).ConfigureAwait(false)
            : throw new ModelFormatException(
                host.DefaultModelFolder,
                "the default model has no late-interaction head (multi_vector_modules.json) to rank with; name a cross-encoder, a "
                + "late-interaction model, or a sentence encoder, which ranks by its token vectors.");

    // Returns the note in the model card of a model with random weights; the card of a trained model has no such line.
    private static string? Untrained(string folder)
    {
        const string Mark = "**Untrained**: ";
        var card = Path.Combine(folder, "README.md");
        return File.Exists(card)
            ? File.ReadLines(card).FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal))?[Mark.Length..]
            : null;
    }
}

using System.CommandLine;
using Semblance.Files;
using Semblance.Transformers;

namespace Semblance.Cli.Options;

/// <summary><c>--model</c>: a folder, a Hub id, or nothing for the default model.</summary>
internal sealed class ModelOption : Option<string?>
{
    public ModelOption()
        : base("--model")
    {
        Description = "A model's folder, or its id on the Hugging Face Hub; without it, the default model, English and Chinese";
        HelpName = "MODEL";
    }

    /// <summary>The folder of the model, downloaded if it is named by its id.</summary>
    public Task<string> FolderAsync(ParseResult arguments, Host host, CancellationToken cancellationToken, ModelKind? kind = ModelKind.SentenceTransformer) =>
        FolderAsync(arguments.GetValue(this), host, cancellationToken, kind);

    /// <summary>The model, which makes sentence vectors.</summary>
    public async Task<SentenceTransformer> LoadAsync(ParseResult arguments, Host host, CancellationToken cancellationToken) =>
        await LoadAsync(arguments.GetValue(this), host, cancellationToken).ConfigureAwait(false);

    /// <summary>The model of a name, which makes sentence vectors.</summary>
    public static async Task<SentenceTransformer> LoadAsync(string? name, Host host, CancellationToken cancellationToken)
    {
        var folder = await FolderAsync(name, host, cancellationToken).ConfigureAwait(false);
        var model = SentenceTransformer.Load(folder);
        host.Warn(model.Warnings);
        return model.MakesSentenceEmbeddings
            ? model
            : throw new ModelFormatException(folder, "the model has no pooling, so it makes no sentence vectors; add a Pooling module to its modules.json.");
    }

    /// <summary>The folder of the model of a name, downloaded if that is an id.</summary>
    /// <param name="model">The name; null for the default model.</param>
    /// <param name="host">Where a download is shown.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <param name="kind">What the model is to be, which says whose it is if an id names no organisation; null for nobody's.</param>
    public static async Task<string> FolderAsync(string? model, Host host, CancellationToken cancellationToken, ModelKind? kind = ModelKind.SentenceTransformer)
    {
        if (model is null)
        {
            var folder = DefaultModel.Folder;
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

        return await Hub.DownloadAsync(HubId.Of(model, kind), null, host, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads the model that ranks the hits of a search.</summary>
    public static async Task<Reranker> LoadRerankerAsync(string? name, Host host, CancellationToken cancellationToken)
    {
        var reranker = Reranker.Load(await FolderAsync(name, host, cancellationToken, ModelKind.CrossEncoder).ConfigureAwait(false));
        host.Warn(reranker.Warnings);
        return reranker;
    }

    // What the card of a model with random weights says of it; a trained model's card has no such line.
    private static string? Untrained(string folder)
    {
        const string Mark = "**Untrained**: ";
        var card = Path.Combine(folder, "README.md");
        return File.Exists(card) ? File.ReadLines(card).FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal))?[Mark.Length..] : null;
    }
}

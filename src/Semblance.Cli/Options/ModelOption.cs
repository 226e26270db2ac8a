using System.CommandLine;
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
    public Task<string> FolderAsync(ParseResult arguments, Host host, CancellationToken cancellation) => FolderAsync(arguments.GetValue(this), host, cancellation);

    /// <summary>The model, which makes sentence vectors.</summary>
    public async Task<SentenceTransformer> LoadAsync(ParseResult arguments, Host host, CancellationToken cancellation) =>
        await LoadAsync(arguments.GetValue(this), host, cancellation).ConfigureAwait(false);

    /// <summary>The model of a name, which makes sentence vectors.</summary>
    public static async Task<SentenceTransformer> LoadAsync(string? name, Host host, CancellationToken cancellation)
    {
        var folder = await FolderAsync(name, host, cancellation).ConfigureAwait(false);
        var model = SentenceTransformer.Load(folder);
        host.Warn(model.Warnings);
        return model.MakesSentenceEmbeddings
            ? model
            : throw new ModelFormatException(folder, "the model has no pooling, so it makes no sentence vectors; add a Pooling module to its modules.json.");
    }

    /// <summary>The folder of the model of a name, downloaded if that is an id.</summary>
    public static async Task<string> FolderAsync(string? model, Host host, CancellationToken cancellation)
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
            return model;
        }

        return File.Exists(model) || Path.IsPathRooted(model) || model.StartsWith('.') || model.Count(c => c is '/' or '\\') > 1
            ? throw new DirectoryNotFoundException($"{model}: there is no such folder; give a model's folder, or an id such as sentence-transformers/all-MiniLM-L6-v2.")
            : await Hub.DownloadAsync(model, null, host, cancellation).ConfigureAwait(false);
    }

    // What the card of a model with random weights says of it; a trained model's card has no such line.
    private static string? Untrained(string folder)
    {
        const string Mark = "**Untrained**: ";
        var card = Path.Combine(folder, "README.md");
        return File.Exists(card) ? File.ReadLines(card).FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal))?[Mark.Length..] : null;
    }
}

using Semblance.Checkpoints;
using Semblance.Files;

namespace Semblance;

/// <summary>Finds the folder of a model. The path of a folder never uses the network; any other name is an id on the Hub.</summary>
internal static class ModelFolder
{
    /// <summary>Returns the model's folder: the given one, or the one in the cache. The network is never used.</summary>
    /// <param name="model">A folder, or an id.</param>
    /// <param name="kind">The kind of model, which determines the organization of an id without one; null for none.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, and the cache has no such model.</exception>
    public static string Find(string model, ModelKind? kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        model = DefaultModel.Resolve(model);
        if (Directory.Exists(model))
        {
            return Whole(model);
        }

        var id = HubId.Of(model, kind);
        using var hub = new HubClient();
        return hub.FindCached(id) ?? throw new DirectoryNotFoundException(
            $"{model}: there is no such folder, and the cache of the Hugging Face Hub has no complete model {id}; download it with "
                + $"LoadAsync, or with the command semblance download {id}.");
    }

    /// <summary>Returns the model's folder, after downloading the model if it is not in the cache.</summary>
    /// <param name="model">A folder, or an id.</param>
    /// <param name="kind">The kind of model, which determines the organization of an id without one; null for none.</param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main branch.</param>
    /// <param name="progress">Receives the progress of a download.</param>
    /// <param name="cancellationToken">The token that cancels the operation. A later download continues from what has arrived.</param>
    public static async Task<string> FindAsync(
        string model, ModelKind? kind, string? revision, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        model = DefaultModel.Resolve(model);
        if (Directory.Exists(model))
        {
            return Whole(model);
        }

        var id = HubId.Of(model, kind);
        using var hub = new HubClient();
        try
        {
            return await hub.DownloadAsync(id, revision, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException failure) when (!model.Contains('/', StringComparison.Ordinal))
        {
            throw HubId.NotFound(model, id, failure);
        }
    }

    /// <summary>Returns a model's folder, after completing a save that a crash interrupted.</summary>
    public static string Whole(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFolder.Recover(folder);
        return folder;
    }
}

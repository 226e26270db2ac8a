using Semblance.Checkpoints;
using Semblance.Files;

namespace Semblance;

/// <summary>Where a model is: a folder never touches the network, anything else is an id on the Hub.</summary>
internal static class ModelFolder
{
    /// <summary>Returns the model's folder: the one named, or the one in the cache. The network is never used.</summary>
    /// <param name="model">A folder, or an id.</param>
    /// <param name="kind">The kind of model, which gives an id without an organisation its own; null for none.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, and the cache has no such model.</exception>
    public static string Find(string model, ModelKind? kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (Directory.Exists(model))
        {
            return Whole(model);
        }

        var id = HubId.Of(model, kind);
        using var hub = new HubClient();
        return hub.FindCached(id) ?? throw new DirectoryNotFoundException(
            $"{model}: there is no such folder, and the cache of the Hugging Face Hub has no complete model {id}; download it with LoadAsync, or with the command semblance download {id}.");
    }

    /// <summary>Returns the model's folder, downloaded unless the cache has it.</summary>
    /// <param name="model">A folder, or an id.</param>
    /// <param name="kind">The kind of model, which gives an id without an organisation its own; null for none.</param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main one.</param>
    /// <param name="progress">Receives the progress of a download.</param>
    /// <param name="cancellationToken">The token that cancels a download; what has arrived is used by the next.</param>
    public static async Task<string> FindAsync(string model, ModelKind? kind, string? revision, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (Directory.Exists(model))
        {
            return Whole(model);
        }

        var id = HubId.Of(model, kind);
        using var hub = new HubClient();
        return await hub.DownloadAsync(id, revision, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A model's folder, where a save that a crash interrupted is finished first.</summary>
    public static string Whole(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFolder.Recover(folder);
        return folder;
    }
}

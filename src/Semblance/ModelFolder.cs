using Semblance.Checkpoints;
using Semblance.Files;

namespace Semblance;

/// <summary>Where a model is: a folder never touches the network, anything else is an id on the Hub.</summary>
internal static class ModelFolder
{
    /// <summary>The model's folder, downloaded unless the cache has it.</summary>
    public static string Find(string model, ModelKind kind) => FindAsync(model, kind, null, null, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The model's folder, downloaded unless the cache has it.</summary>
    /// <param name="model">A folder, or an id.</param>
    /// <param name="kind">What it is to be, which says whose it is if the id names no organisation.</param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main one.</param>
    /// <param name="progress">Told about a download.</param>
    /// <param name="cancellation">Stops a download; what has arrived is used by the next.</param>
    public static async Task<string> FindAsync(string model, ModelKind kind, string? revision, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (Directory.Exists(model))
        {
            return Whole(model);
        }

        var id = ModelKinds.HubId(model, kind);
        using var hub = new HubClient();
        return await hub.DownloadAsync(id, revision, progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>A model's folder, where a save that a crash interrupted is finished first.</summary>
    public static string Whole(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFolder.Recover(folder);
        return folder;
    }
}

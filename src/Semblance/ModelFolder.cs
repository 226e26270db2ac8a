using Semblance.Checkpoints;

namespace Semblance;

/// <summary>Where a model is: a folder never touches the network, anything else is an id on the Hub.</summary>
internal static class ModelFolder
{
    /// <summary>The model's folder, downloaded unless the cache has it.</summary>
    public static string Find(string model) => Directory.Exists(model) ? model : FindAsync(model, null, null, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The model's folder, downloaded unless the cache has it.</summary>
    /// <param name="model">A folder, or an id.</param>
    /// <param name="revision">A branch, tag or commit of the Hub; null for the main one.</param>
    /// <param name="progress">Told about a download.</param>
    /// <param name="cancellation">Stops a download; what has arrived is used by the next.</param>
    public static async Task<string> FindAsync(string model, string? revision, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (Directory.Exists(model))
        {
            return model;
        }

        using var hub = new HubClient();
        return await hub.DownloadAsync(model, revision, progress, cancellation).ConfigureAwait(false);
    }
}

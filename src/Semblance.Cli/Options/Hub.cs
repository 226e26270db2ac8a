using Semblance.Checkpoints;

namespace Semblance.Cli.Options;

/// <summary>Downloads models from the Hugging Face Hub, with a progress bar.</summary>
internal static class Hub
{
    /// <summary>Returns the folder of a model, downloaded unless it is in the cache.</summary>
    public static async Task<string> DownloadAsync(string id, string? revision, Host host, CancellationToken cancellationToken)
    {
        using var hub = new HubClient();
        var folder = "";
        await host.WithProgressAsync(
            $"downloading {id}",
            async progress =>
                folder = await hub.DownloadAsync(
                    id, revision, new Files(progress), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return folder;
    }

    // Every file counts the same: sizes are not known before the download.
    private sealed class Files(IProgress<double> progress) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) =>
            progress.Report((value.Number - 1 + (value.Size is > 0 and var size ? (double)value.Received / size : 0)) / value.Count);
    }
}

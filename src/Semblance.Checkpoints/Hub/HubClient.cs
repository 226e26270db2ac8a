using System.Text.Json;

namespace Semblance.Checkpoints;

/// <summary>
/// Downloads models from the Hugging Face Hub into the cache that all its libraries share. Only the needed files:
/// configuration, tokenizer, modules, and the weights in one form (safetensors before PyTorch's).
/// </summary>
/// <remarks>
/// Transfers are resumed, checked by size and hash, and named when they are whole; several processes may download the
/// same model. Safe for all threads. Nothing else in Semblance uses the network.
/// </remarks>
public sealed class HubClient : IDisposable
{
    private const string DefaultRevision = "main";
    private const int MaxAnswer = 64 << 20;

    private readonly HubOptions _options;
    private readonly HttpClient _http;
    private readonly HubConnection _connection;

    /// <summary>A client.</summary>
    /// <param name="options">Where from and where to; by default, what the environment says.</param>
    /// <param name="handler">What sends the requests; by default, the system's proxy and certificates are used. It must not follow redirects itself.</param>
    public HubClient(HubOptions? options = null, HttpMessageHandler? handler = null)
    {
        _options = options ?? new HubOptions();
        _http = handler is null
            ? new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
            : new HttpClient(handler, disposeHandler: false);
        _http.Timeout = Timeout.InfiniteTimeSpan; // each step has its own
        _connection = new HubConnection(_options, _http);
    }

    /// <summary>The folder of a model that was downloaded before; null if it is not there, not complete, or damaged as far as can be told at once. No network.</summary>
    /// <param name="modelId">The model, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</param>
    /// <param name="revision">A branch, tag or commit; <c>main</c> if null.</param>
    /// <exception cref="ArgumentException">The model's or revision's name is not one.</exception>
    public string? FindCached(string modelId, string? revision = null) => Cache(modelId, revision).Find(revision ?? DefaultRevision).Folder;

    /// <summary>
    /// The folder of a model, downloaded as far as it is not there. A commit that is there needs no network; for a
    /// branch or tag the Hub is asked what it is now, and where that is impossible, what is there is used. A file of the cache whose link leads nowhere, or
    /// which is cut short, is downloaded again.
    /// </summary>
    /// <param name="modelId">The model, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</param>
    /// <param name="revision">A branch, tag or commit; <c>main</c> if null.</param>
    /// <param name="progress">Hears of every piece.</param>
    /// <param name="ct">Ends the download; what has arrived stays and is continued by the next.</param>
    /// <returns>The path of the snapshot's folder.</returns>
    /// <exception cref="ArgumentException">The model's or revision's name is not one.</exception>
    /// <exception cref="HubException">The model cannot be had; the message says why.</exception>
    public async Task<string> DownloadAsync(
        string modelId, string? revision = null, IProgress<DownloadProgress>? progress = null, CancellationToken ct = default)
    {
        revision ??= DefaultRevision;
        var cache = Cache(modelId, revision);
        var (cached, fault) = cache.Find(revision);
        if (cached is not null && (_options.Offline || HubNames.IsCommit(revision)))
        {
            return cached;
        }

        if (_options.Offline)
        {
            var reason = fault is not null ? $" ({fault})" : cache.FindOtherCase() is { } other ? $" (it has '{other}': letters differ by their case)" : "";
            throw new HubException($"The model '{modelId}' ({revision}) is not complete in {_options.CacheFolder}{reason}, and HF_HUB_OFFLINE forbids to download it; unset it, or download the model first.");
        }

        string commit;
        IReadOnlyCollection<string> files;
        try
        {
            (commit, files) = await DescribeAsync(modelId, revision, cached is null ? _options.MaxAttempts : 1, ct).ConfigureAwait(false);
        }
        catch (HubException error) when (cached is not null && error.IsTransient)
        {
            return cached;
        }
        catch (HubException error) when (fault is not null)
        {
            throw new HubException($"{error.Message} What the cache has cannot be used: {fault}.", error.Status, error);
        }

        try
        {
            await FetchAsync(cache, modelId, commit, files, progress, ct).ConfigureAwait(false);
            cache.WriteRef(revision, commit);
            return cache.Snapshot(commit);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException and not HubException)
        {
            throw new HubException($"The model '{modelId}' cannot be written to the cache {_options.CacheFolder}: {error.Message.TrimEnd('.')}. Make room or mend its permissions, or name another folder by HF_HOME or HF_HUB_CACHE.", null, error);
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private HubCache Cache(string modelId, string? revision)
    {
        HubNames.CheckModelId(modelId);
        HubNames.CheckRevision(revision ?? DefaultRevision);
        return new HubCache(_options.CacheFolder, modelId);
    }

    /// <summary>What a revision is now: its commit and its files.</summary>
    private Task<(string Commit, IReadOnlyCollection<string> Files)> DescribeAsync(string modelId, string revision, int attempts, CancellationToken ct)
    {
        var what = $"the model '{modelId}' ({revision})";
        return _connection.RetryAsync(
            async () =>
            {
                var uri = Address($"api/models/{modelId}/revision/{Uri.EscapeDataString(revision)}");
                using var response = await _connection.SendAsync(HttpMethod.Get, uri, 0, what, ct).ConfigureAwait(false);
                await _connection.WaitAsync(
                    async timeout =>
                    {
                        await response.Content.LoadIntoBufferAsync(MaxAnswer, timeout).ConfigureAwait(false);
                        return true;
                    },
                    what,
                    ct).ConfigureAwait(false);
                return Parse(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false), what);
            },
            attempts,
            () => 0,
            ct);
    }

    private static (string Commit, IReadOnlyCollection<string> Files) Parse(byte[] answer, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            var files = document.RootElement.GetProperty("siblings").EnumerateArray()
                .Select(file => file.GetProperty("rfilename").GetString() ?? "")
                .Where(HubNames.IsRelativePath) // a name that leaves the folder is never a path here
                .ToList();
            return HubNames.IsCommit(commit)
                ? (commit, files)
                : throw new HubException($"The server describes {what} with the commit '{commit}', which is none; is HF_ENDPOINT the address of a Hub?");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HubException($"The server's description of {what} is not understood; is HF_ENDPOINT the address of a Hub?", null, error as JsonException);
        }
    }

    private async Task FetchAsync(
        HubCache cache, string modelId, string commit, IReadOnlyCollection<string> files, IProgress<DownloadProgress>? progress, CancellationToken ct)
    {
        var blobs = new Dictionary<string, HubBlob>();
        byte[]? modules = null;
        if (files.Contains(HubFiles.Modules))
        {
            var path = await FetchAsync(HubFiles.Modules, 1, 1).ConfigureAwait(false);
            modules = HubFiles.ReadList(path);
        }

        var needed = HubFiles.Select(files, modules);
        if (!needed.Exists(HubFiles.IsWeights))
        {
            throw new HubException($"The model '{modelId}' has no weights as model.safetensors or pytorch_model.bin, so there is nothing to run; its files: {string.Join(", ", files.Take(10))}.");
        }

        for (var i = 0; i < needed.Count; i++)
        {
            await FetchAsync(needed[i], i + 1, needed.Count).ConfigureAwait(false);
        }

        // The snapshot appears when everything is there, its weights last: a snapshot with weights is whole.
        foreach (var file in needed.Where(blobs.ContainsKey))
        {
            cache.Link(commit, file, blobs[file].Etag);
        }

        async Task<string> FetchAsync(string file, int number, int count)
        {
            var path = Path.Combine(cache.Snapshot(commit), file);
            if (HubIntegrity.Fault(path) is null)
            {
                return path;
            }

            var what = $"'{file}' of '{modelId}'";
            var uri = Address($"{modelId}/resolve/{commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");
            if (!blobs.TryGetValue(file, out var blob))
            {
                blobs[file] = blob = await FindBlobAsync(uri, commit, what, ct).ConfigureAwait(false);
            }

            await new HubTransfer(_connection, _options, cache)
                .RunAsync(blob, file, uri, what, received => progress?.Report(new DownloadProgress(file, received, blob.Size, number, count)), ct)
                .ConfigureAwait(false);
            return cache.Blob(blob.Etag);
        }
    }

    private Task<HubBlob> FindBlobAsync(Uri uri, string commit, string what, CancellationToken ct) => _connection.RetryAsync(
        async () =>
        {
            using var response = await _connection.SendAsync(HttpMethod.Head, uri, 0, what, ct).ConfigureAwait(false);
            var answered = response.Headers.TryGetValues("X-Repo-Commit", out var values) ? values.First() : commit;
            return answered == commit
                ? HubBlob.Of(response, what)
                : throw new HubException($"The server answers for the commit {answered} when asked for {what} at {commit}; try later.");
        },
        _options.MaxAttempts,
        () => 0,
        ct);

    private Uri Address(string path) => new($"{_options.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
}

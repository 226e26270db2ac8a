using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Checkpoints;

/// <summary>
/// Downloads models from the Hugging Face Hub into the cache that all Hugging Face libraries share. Only the needed files are downloaded:
/// configuration, tokenizer, modules, and the weights in one format (safetensors rather than PyTorch).
/// </summary>
/// <remarks>
/// Transfers are resumed, checked by size and hash, and get their names when they are complete. Several processes can download the same
/// model. Thread-safe. Nothing else in Semblance uses the network.
/// </remarks>
public sealed class HubClient : IDisposable
{
    private const string DefaultRevision = "main";
    private const int MaxAnswer = 64 << 20;

    private readonly HubOptions _options;
    private readonly HttpClient _http;
    private readonly HubConnection _connection;

    /// <summary>Initializes a new instance of the <see cref="HubClient"/> class.</summary>
    /// <param name="options">The options; <see langword="null"/> for those of the environment variables.</param>
    /// <param name="handler">
    /// What sends the requests; by default, the system's proxy and certificates are used. It must not follow redirects itself.
    /// </param>
    public HubClient(HubOptions? options = null, HttpMessageHandler? handler = null)
    {
        _options = options ?? new HubOptions();
        _http = handler is null
            ? new HttpClient(
                new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
            : new HttpClient(handler, disposeHandler: false);
        _http.Timeout = Timeout.InfiniteTimeSpan; // each step has a timeout of its own
        _connection = new HubConnection(_options, _http);
    }

    /// <summary>
    /// Returns the folder of a downloaded model, or <see langword="null"/> if it is missing, incomplete or visibly damaged. Does not use
    /// the network.
    /// </summary>
    /// <param name="modelId">The id of the model, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</param>
    /// <param name="revision">The branch, tag or commit; <see langword="null"/> for <c>main</c>.</param>
    /// <exception cref="ArgumentException">The model id or the revision is not valid.</exception>
    public string? FindCached(string modelId, string? revision = null) => Cache(modelId, revision).Find(revision ?? DefaultRevision).Folder;

    /// <summary>
    /// Downloads the missing files of a model and returns its folder. A cached commit needs no network. A branch or tag is resolved on the
    /// Hub; if that is not possible, the cached files are used. A file with a broken link, or one that is truncated, is downloaded again.
    /// </summary>
    /// <param name="modelId">The id of the model, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</param>
    /// <param name="revision">The branch, tag or commit; <see langword="null"/> for <c>main</c>.</param>
    /// <param name="progress">Receives progress after each part of a file.</param>
    /// <param name="cancellationToken">The token that cancels the operation; a later download continues with the received bytes.</param>
    /// <returns>The path of the folder of the snapshot.</returns>
    /// <exception cref="ArgumentException">The model id or the revision is not valid.</exception>
    /// <exception cref="HubException">The model cannot be downloaded.</exception>
    public async Task<string> DownloadAsync(
        string modelId,
        string? revision = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
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
            var reason = fault is not null ? $" ({fault})"
                : cache.FindOtherCase() is { } other ? $" (it has '{other}', which differs by case)"
                : "";
            throw new HubException(
                $"The model '{modelId}' ({revision}) is not complete in {_options.CacheFolder}{reason}, and HF_HUB_OFFLINE prevents the "
                + "download; unset it, or download the model first.");
        }

        string commit;
        IReadOnlyCollection<string> files;
        try
        {
            var attempts = cached is null ? _options.MaxAttempts : 1;
            (commit, files) = await DescribeAsync(modelId, revision, attempts, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException error) when (cached is not null && error.IsTransient)
        {
            return cached;
        }
        catch (HubException error) when (fault is not null)
        {
            throw new HubException($"{error.Message} The files in the cache cannot be used: {fault}.", error.Status, error);
        }

        try
        {
            await FetchAsync(cache, modelId, commit, files, progress, cancellationToken).ConfigureAwait(false);
            cache.WriteRef(revision, commit);
            return cache.Snapshot(commit);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException and not HubException)
        {
            throw new HubException(
                $"The model '{modelId}' cannot be written to the cache {_options.CacheFolder}: {error.Message.TrimEnd('.')}. Free disk "
                + "space, correct its permissions, or set HF_HOME or HF_HUB_CACHE to another folder.",
                null,
                error);
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

    /// <summary>Returns the commit and the files of a revision.</summary>
    private Task<(string Commit, IReadOnlyCollection<string> Files)> DescribeAsync(
        string modelId, string revision, int attempts, CancellationToken cancellationToken)
    {
        var what = $"the model '{modelId}' ({revision})";
        return _connection.RetryAsync(
            async () =>
            {
                var uri = Address($"api/models/{modelId}/revision/{Uri.EscapeDataString(revision)}");
                using var response = await _connection.SendAsync(HttpMethod.Get, uri, 0, what, cancellationToken).ConfigureAwait(false);
                await _connection.WaitAsync(
                    async timeout =>
                    {
                        await response.Content.LoadIntoBufferAsync(MaxAnswer, timeout).ConfigureAwait(false);
                        return true;
                    },
                    what,
                    cancellationToken).ConfigureAwait(false);
                return Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), what);
            },
            attempts,
            () => 0,
            cancellationToken);
    }

    private static (string Commit, IReadOnlyCollection<string> Files) Parse(byte[] answer, string what)
    {
        try
        {
            using var document = JsonText.Parse(answer);
            var commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            var files = document.RootElement.GetProperty("siblings").EnumerateArray()
                .Select(file => file.GetProperty("rfilename").GetString() ?? "")
                .Where(HubNames.IsRelativePath) // a name that leaves the folder is ignored
                .ToList();
            return HubNames.IsCommit(commit)
                ? (commit, files)
                : throw new HubException(
                    $"The server describes {what} with the commit '{commit}', which is not valid; check that HF_ENDPOINT is the address "
                    + "of a Hub.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HubException(
                $"The server sent a description of {what} that cannot be read; check that HF_ENDPOINT is the address of a "
                + "Hub.", null, error as JsonException);
        }
    }

    private async Task FetchAsync(
        HubCache cache,
        string modelId,
        string commit,
        IReadOnlyCollection<string> files,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
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
            throw new HubException(
                $"The model '{modelId}' has no weights (model.safetensors or pytorch_model.bin); its files: "
                + $"{string.Join(", ", files.Take(10))}.");
        }

        for (var i = 0; i < needed.Count; i++)
        {
            await FetchAsync(needed[i], i + 1, needed.Count).ConfigureAwait(false);
        }

        // The links are made when all files are there, the weights last: a snapshot with weights is complete.
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
                blobs[file] = blob = await FindBlobAsync(uri, commit, what, cancellationToken).ConfigureAwait(false);
            }

            Action<long> report = received => progress?.Report(new DownloadProgress(file, received, blob.Size, number, count));
            await new HubTransfer(_connection, _options, cache).RunAsync(blob, file, uri, what, report, cancellationToken)
                .ConfigureAwait(false);
            return cache.Blob(blob.Etag);
        }
    }

    private Task<HubBlob> FindBlobAsync(Uri uri, string commit, string what, CancellationToken cancellationToken) => _connection.RetryAsync(
        async () =>
        {
            using var response = await _connection.SendAsync(HttpMethod.Head, uri, 0, what, cancellationToken).ConfigureAwait(false);
            var answered = response.Headers.TryGetValues("X-Repo-Commit", out var values) ? values.First() : commit;
            return answered == commit
                ? HubBlob.Of(response, what)
                : throw new HubException($"The server sent the commit {answered} for {what}, expected {commit}; try again later.");
        },
        _options.MaxAttempts,
        () => 0,
        cancellationToken);

    private Uri Address(string path) => new($"{_options.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
}

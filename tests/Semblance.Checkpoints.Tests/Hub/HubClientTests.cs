using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Semblance.Checkpoints.Tests;

public sealed class HubClientTests : IDisposable
{
    private const string Model = "org/model";
    private const string Weights = "model.safetensors";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeHub _hub = new();
    private readonly ConcurrentQueue<TimeSpan> _delays = [];
    private readonly SocketsHttpHandler _handler = new() { AllowAutoRedirect = false, UseProxy = false };
    private readonly HubOptions _options;
    private readonly byte[] _weights = File.ReadAllBytes(Fixtures.Own("models/bert/model.safetensors"));

    public HubClientTests()
    {
        _hub.Files["config.json"] = "{}"u8.ToArray();
        _hub.Files["tokenizer.json"] = "{\"a\":1}"u8.ToArray();
        _hub.Files[Weights] = _weights;
        _options = new HubOptions(name => name == "HF_HOME" ? _folder.Path : null)
        {
            Endpoint = _hub.Address,
            Token = "secret",
            Delay = (delay, _) =>
            {
                _delays.Enqueue(delay);
                return Task.CompletedTask;
            },
        };
    }

    private string Cache => Path.Combine(_folder.Path, "hub", "models--org--model");

    private string Blob => Path.Combine(Cache, "blobs", FakeHub.EtagOf(Weights, _weights));

    public void Dispose()
    {
        _handler.Dispose();
        _hub.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_model_lands_in_the_layout_of_huggingface_hub()
    {
        var folder = await DownloadAsync();

        folder.ShouldBe(Path.Combine(Cache, "snapshots", FakeHub.Commit));
        Checkpoint.Open(folder).Tensors.Count.ShouldBeGreaterThan(10);
        File.ReadAllText(Path.Combine(Cache, "refs", "main")).ShouldBe(FakeHub.Commit);
        File.ReadAllBytes(Blob).ShouldBe(_weights);
        if (!OperatingSystem.IsWindows())
        {
            new FileInfo(Path.Combine(folder, Weights)).LinkTarget.ShouldBe($"../../blobs/{Path.GetFileName(Blob)}");
        }

        Directory.GetFiles(Path.Combine(Cache, "blobs")).Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_module_in_the_folder_called_dot_is_the_model_itself()
    {
        _hub.Files["modules.json"] = """[{"path":".","type":"x.StaticEmbedding"},{"path":"1_Normalize","type":"x.Normalize"}]"""u8.ToArray();
        var folder = await DownloadAsync();
        Client().FindCached(Model).ShouldBe(folder);
    }

    [Fact]
    public async Task Only_the_needed_files_are_downloaded()
    {
        _hub.Files["modules.json"] = """[{"path":"","type":"x.Transformer"},{"path":"2_Normalize","type":"x.Normalize"},{"path":"pooling","type":"x.Pooling"}]"""u8.ToArray();
        foreach (var name in new[]
        {
            "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "rust_model.ot", "onnx/model.onnx", "onnx/config.json", "openvino/openvino_model.xml",
            "README.md", "model.fp16.safetensors", "checkpoint-5/model.safetensors", ".gitattributes", "code.py",
        })
        {
            _hub.Files[name] = [1];
        }

        string[] needed = ["config.json", "modules.json", "tokenizer.json", Weights, "1_Dense/config.json", "1_Dense/pytorch_model.bin", "pooling/config.json", "vocab.txt", "spiece.model", "chat_template.jinja"];
        foreach (var name in needed)
        {
            _hub.Files.TryAdd(name, Encoding.UTF8.GetBytes(name));
        }

        var folder = await DownloadAsync();

        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .ShouldBe(needed, ignoreOrder: true);
        Client().FindCached(Model).ShouldBe(folder);
        if (!OperatingSystem.IsWindows())
        {
            new FileInfo(Path.Combine(folder, "1_Dense/config.json")).LinkTarget!.ShouldStartWith("../../../blobs/");
        }
    }

    [Fact]
    public async Task Pickled_weights_are_taken_where_there_are_no_others()
    {
        _hub.Files.Remove(Weights);
        _hub.Files["pytorch_model.bin"] = File.ReadAllBytes(Fixtures.Own("models/bert-pytorch-zip/pytorch_model.bin"));
        Checkpoint.Open(await DownloadAsync()).Contains("pooler.dense.bias").ShouldBeTrue();
    }

    [Fact]
    public async Task A_model_without_weights_is_refused()
    {
        _hub.Files.Remove(Weights);
        (await Should.ThrowAsync<HubException>(() => DownloadAsync())).Message.ShouldContain("weights");
    }

    [Fact]
    public async Task The_token_stays_with_the_hub()
    {
        await DownloadAsync();
        _hub.Requests.ShouldAllBe(request => request.Headers["authorization"] == "Bearer secret");
        _hub.Storage.Requests.ShouldNotBeEmpty();
        _hub.Storage.Requests.ShouldAllBe(request => !request.Headers.ContainsKey("authorization"));
    }

    [Fact]
    public async Task A_renamed_model_is_followed_on_the_same_host()
    {
        _hub.Intercept = request => request.Path.Contains("/old/", StringComparison.Ordinal)
            ? new FakeResponse(307) { Headers = ["Location: " + request.Path.Replace("/old/", "/org/", StringComparison.Ordinal)] }
            : null;
        Checkpoint.Open(await Client().DownloadAsync("old/model")).Tensors.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Endless_redirects_end()
    {
        _hub.Intercept = request => new FakeResponse(302) { Headers = ["Location: " + request.Path] };
        (await Should.ThrowAsync<HubException>(() => DownloadAsync())).Message.ShouldContain("redirects");
    }

    [Fact]
    public async Task An_interrupted_transfer_is_continued_where_it_stopped()
    {
        _hub.Storage.Intercept = request => FakeHub.Content(request, _weights) with { CutAfter = 20_000 };
        await DownloadAsync();
        File.ReadAllBytes(Blob).ShouldBe(_weights);
        _hub.Storage.Requests.Count.ShouldBeGreaterThan(5); // more than the attempts without progress
        _hub.Storage.Requests.Skip(1).ShouldAllBe(request => request.Headers["range"] != "bytes=0-");
        _hub.Storage.Requests.ElementAt(1).Headers["range"].ShouldBe("bytes=20000-");
    }

    [Fact]
    public async Task A_partial_file_of_an_earlier_run_is_continued()
    {
        _folder.Write(Blob + ".incomplete", _weights[..1000]);
        await DownloadAsync();
        _hub.Storage.Requests.ShouldHaveSingleItem().Headers["range"].ShouldBe("bytes=1000-");
        File.ReadAllBytes(Blob).ShouldBe(_weights);
    }

    [Fact]
    public async Task A_damaged_partial_file_is_thrown_away_once()
    {
        _folder.Write(Blob + ".incomplete", new byte[1000]);
        await DownloadAsync();
        File.ReadAllBytes(Blob).ShouldBe(_weights);
        _hub.Storage.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_read_from_the_start()
    {
        _folder.Write(Blob + ".incomplete", _weights[..1000]);
        _hub.Storage.Intercept = _ => new FakeResponse(200, _weights);
        await DownloadAsync();
        File.ReadAllBytes(Blob).ShouldBe(_weights);
    }

    [Fact]
    public async Task A_server_that_cuts_and_refuses_ranges_is_given_up()
    {
        _hub.Storage.Intercept = request => request.Headers.ContainsKey("range") ? new FakeResponse(416) : new FakeResponse(200, _weights) { CutAfter = 1000 };
        await Should.ThrowAsync<HubException>(() => DownloadAsync());
        _hub.Storage.Requests.Count.ShouldBeLessThan(12);
    }

    [Fact]
    public async Task A_transfer_damaged_once_is_repeated()
    {
        _hub.Storage.Intercept = _ => _hub.Storage.Requests.Count == 1 ? new FakeResponse(200, new byte[_weights.Length]) : null;
        await DownloadAsync();
        File.ReadAllBytes(Blob).ShouldBe(_weights);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_transfer_damaged_again_or_of_the_wrong_size_is_reported_and_leaves_no_file(int difference)
    {
        _hub.Storage.Intercept = _ => new FakeResponse(200, new byte[_weights.Length + difference]);
        await Should.ThrowAsync<HubException>(() => DownloadAsync());
        File.Exists(Blob).ShouldBeFalse();
        Directory.Exists(Path.Combine(Cache, "snapshots")).ShouldBeFalse();
        Client().FindCached(Model).ShouldBeNull();
    }

    [Fact]
    public async Task A_damaged_small_file_is_reported()
    {
        _hub.Intercept = request => request.Method == "GET" && request.Path.EndsWith("config.json", StringComparison.Ordinal) ? new FakeResponse(200, "[]"u8.ToArray()) : null;
        (await Should.ThrowAsync<HubException>(() => DownloadAsync())).Message.ShouldContain("config.json");
    }

    [Theory]
    [InlineData(401, "HF_TOKEN")]
    [InlineData(403, "HF_TOKEN")]
    [InlineData(404, "name")]
    public async Task A_refusal_is_explained_and_not_repeated(int status, string advice)
    {
        _hub.Intercept = _ => new FakeResponse(status);
        var error = await Should.ThrowAsync<HubException>(() => DownloadAsync());
        error.Message.ShouldContain(Model);
        error.Message.ShouldContain(advice);
        error.Status.ShouldBe((HttpStatusCode)status);
        _hub.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_busy_server_is_asked_again_after_a_while(int status)
    {
        _hub.Intercept = _ => _hub.Requests.Count <= 3 ? new FakeResponse(status) : null;
        await DownloadAsync();
        _delays.ShouldBe([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)]);
    }

    [Fact]
    public async Task The_wait_is_the_one_the_server_asks_for_within_reason()
    {
        _hub.Intercept = _ => _hub.Requests.Count switch
        {
            1 => new FakeResponse(429) { Headers = ["Retry-After: 7"] },
            2 => new FakeResponse(429) { Headers = ["Retry-After: 86400"] },
            _ => null,
        };
        await DownloadAsync();
        _delays.ShouldBe([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(60)]);
    }

    [Fact]
    public async Task A_server_that_stays_busy_is_given_up()
    {
        _hub.Intercept = _ => new FakeResponse(503);
        (await Should.ThrowAsync<HubException>(() => DownloadAsync())).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        _hub.Requests.Count.ShouldBe(_options.MaxAttempts);
    }

    [Fact]
    public async Task A_cached_commit_needs_no_network()
    {
        var folder = await DownloadAsync();
        _hub.Requests.Clear();
        (await Client().DownloadAsync(Model, FakeHub.Commit)).ShouldBe(folder);
        _hub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cached_branch_is_asked_for_once_and_nothing_is_downloaded_again()
    {
        var folder = await DownloadAsync();
        _hub.Requests.Clear();
        (await DownloadAsync()).ShouldBe(folder);
        _hub.Requests.ShouldHaveSingleItem().Path.ShouldBe("/api/models/org/model/revision/main");
    }

    [Fact]
    public async Task A_cached_branch_is_used_when_there_is_no_network()
    {
        var folder = await DownloadAsync();
        _hub.Dispose();
        (await DownloadAsync()).ShouldBe(folder);
        _delays.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_network_and_cache_the_error_says_what_to_check()
    {
        _hub.Dispose();
        (await Should.ThrowAsync<HubException>(() => DownloadAsync())).Message.ShouldContain("proxy");
    }

    [Fact]
    public async Task Offline_nothing_is_asked()
    {
        var offline = _options with { Offline = true };
        (await Should.ThrowAsync<HubException>(() => Client(offline).DownloadAsync(Model))).Message.ShouldContain("HF_HUB_OFFLINE");
        _hub.Requests.ShouldBeEmpty();
        var folder = await DownloadAsync();
        _hub.Requests.Clear();
        (await Client(offline).DownloadAsync(Model)).ShouldBe(folder);
        _hub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_revision_with_slashes_has_its_own_ref()
    {
        var folder = await Client().DownloadAsync(Model, "refs/pr/1");
        File.ReadAllText(Path.Combine(Cache, "refs", "refs", "pr", "1")).ShouldBe(FakeHub.Commit);
        Client().FindCached(Model, "refs/pr/1").ShouldBe(folder);
        Client().FindCached(Model).ShouldBeNull();
    }

    [Fact]
    public async Task A_snapshot_with_something_missing_is_not_cached_and_heals()
    {
        var folder = await DownloadAsync();
        File.Delete(Blob); // the link dangles now
        Client().FindCached(Model).ShouldBeNull();
        (await Client().DownloadAsync(Model, FakeHub.Commit)).ShouldBe(folder);
        File.ReadAllBytes(Path.Combine(folder, Weights)).ShouldBe(_weights);
    }

    [Fact]
    public async Task A_snapshot_without_one_of_its_shards_is_not_cached()
    {
        _hub.Files.Remove(Weights);
        foreach (var file in Directory.GetFiles(Fixtures.Own("models/bert-sharded"), "model*"))
        {
            _hub.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        }

        var folder = await DownloadAsync();
        Checkpoint.Open(folder).Tensors.ShouldNotBeEmpty();
        File.Delete(Path.Combine(folder, "model-00002-of-00002.safetensors"));
        Client().FindCached(Model).ShouldBeNull();
    }

    [Fact]
    public async Task Two_downloads_at_once_transfer_each_file_once()
    {
        var options = _options with { Delay = (_, token) => Task.Delay(1, token) };
        var folders = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Client(options).DownloadAsync(Model))));
        folders.Distinct().ShouldHaveSingleItem();
        _hub.Storage.Count("GET").ShouldBe(1);
        _hub.Count("GET", "config.json").ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_download_is_continued_by_the_next()
    {
        using var cancellation = new CancellationTokenSource();
        var over = new TaskCompletionSource();
        _hub.Storage.Intercept = request => new FakeResponse(200, _weights) { CutAfter = 50_000, HoldUntil = over.Task };
        var progress = new Reporter(value =>
        {
            if (value.File == Weights && value.Received == 50_000)
            {
                cancellation.Cancel();
            }
        });
        await Should.ThrowAsync<OperationCanceledException>(() => Client().DownloadAsync(Model, null, progress, cancellation.Token));
        over.SetResult();
        new FileInfo(Blob + ".incomplete").Length.ShouldBe(50_000);

        _hub.Storage.Intercept = _ => null;
        await DownloadAsync();
        _hub.Storage.Requests.Last().Headers["range"].ShouldBe("bytes=50000-");
    }

    [Fact]
    public async Task A_silent_server_is_a_transient_fault()
    {
        var over = new TaskCompletionSource();
        _hub.Storage.Intercept = request => _hub.Storage.Requests.Count == 1 ? new FakeResponse(200, _weights) { CutAfter = 1000, HoldUntil = over.Task } : null;
        await Client(_options with { Timeout = TimeSpan.FromSeconds(1) }).DownloadAsync(Model);
        over.SetResult();
        File.ReadAllBytes(Blob).ShouldBe(_weights);
    }

    [Fact]
    public async Task A_server_that_drips_is_given_up()
    {
        _hub.Storage.Intercept = _ => new FakeResponse(200, _weights) { Drips = true };
        var error = await Should.ThrowAsync<HubException>(() => Client(_options with { Timeout = TimeSpan.FromSeconds(2), MinBytesPerSecond = 1 << 20 }).DownloadAsync(Model));
        error.Message.ShouldContain("too slowly");
        error.Message.ShouldContain(Weights);
    }

    [Fact]
    public async Task A_server_that_sends_a_little_for_each_request_is_given_up()
    {
        _hub.Storage.Intercept = request => FakeHub.Content(request, _weights) with { CutAfter = 1 };
        await Should.ThrowAsync<HubException>(() => DownloadAsync());
        _hub.Storage.Requests.Count.ShouldBe(_options.MaxAttempts);
    }

    [Fact]
    public async Task Two_parts_are_not_joined_where_the_servers_names_are_no_hashes()
    {
        _hub.Intercept = request => request.Path.EndsWith(Weights, StringComparison.Ordinal)
            ? FakeHub.Content(request, _weights) with { Headers = ["ETag: \"v1\"", $"X-Repo-Commit: {FakeHub.Commit}"] }
            : null;
        _folder.Write(Path.Combine(Cache, "blobs", "v1.incomplete"), new byte[1000]);
        var folder = await DownloadAsync();
        File.ReadAllBytes(Path.Combine(folder, Weights)).ShouldBe(_weights);
    }

    [Theory]
    [InlineData("modules.json")]
    [InlineData("tokenizer.json")]
    [InlineData(Weights)]
    public async Task A_link_that_leads_nowhere_is_downloaded_again_or_named(string name)
    {
        _hub.Files["modules.json"] = """[{"path":"","type":"x.Transformer"}]"""u8.ToArray();
        var path = Path.Combine(await DownloadAsync(), name);
        File.Delete(path);
        File.CreateSymbolicLink(path, "../../blobs/gone");
        Client().FindCached(Model).ShouldBeNull();
        var message = (await Should.ThrowAsync<HubException>(() => Client(_options with { Offline = true }).DownloadAsync(Model))).Message;
        message.ShouldContain($"{path} is a link to ../../blobs/gone, which is missing");
        message.ShouldContain("HF_HUB_OFFLINE");
        await DownloadAsync();
        File.ReadAllBytes(path).ShouldBe(_hub.Files[name]);
    }

    [Theory]
    [InlineData("config.json", 1)]
    [InlineData("config.json", 2)]
    [InlineData("tokenizer.json", 0)]
    [InlineData("large.json", 1)]
    [InlineData(Weights, 1)]
    [InlineData(Weights, 100_000)]
    public async Task A_blob_that_is_cut_short_is_downloaded_again_or_named(string name, int missing)
    {
        _hub.Files["large.json"] = [.. "{"u8, .. new byte[2 << 20].Select(_ => (byte)' '), .. "}"u8]; // too large to be hashed each time
        var path = Path.Combine(await DownloadAsync(), name);
        var whole = _hub.Files[name];
        File.WriteAllBytes(path, whole[..(missing == 0 ? 0 : whole.Length - Math.Min(missing, whole.Length - 1))]); // through the link
        Client().FindCached(Model).ShouldBeNull();
        (await Should.ThrowAsync<HubException>(() => Client(_options with { Offline = true }).DownloadAsync(Model))).Message.ShouldContain(path);
        await DownloadAsync();
        File.ReadAllBytes(path).ShouldBe(whole);
        Client().FindCached(Model).ShouldNotBeNull();
    }

    [Fact]
    public async Task Without_network_the_damage_in_the_cache_is_named_too()
    {
        var path = Path.Combine(await DownloadAsync(), "config.json");
        File.WriteAllText(path, "{");
        _hub.Dispose();
        var message = (await Should.ThrowAsync<HubException>(() => DownloadAsync())).Message;
        message.ShouldContain("HTTPS_PROXY");
        message.ShouldContain($"What the cache has cannot be used: {path}");
    }

    [Fact]
    public async Task A_ref_to_a_snapshot_that_is_gone_is_asked_for_again_or_named()
    {
        var folder = await DownloadAsync();
        Directory.Delete(folder, recursive: true);
        (await Should.ThrowAsync<HubException>(() => Client(_options with { Offline = true }).DownloadAsync(Model))).Message.ShouldContain($"the snapshot {folder} is missing");
        (await DownloadAsync()).ShouldBe(folder);
    }

    [Fact]
    public async Task A_model_that_the_cache_has_in_other_case_is_named()
    {
        await DownloadAsync();
        (await Should.ThrowAsync<HubException>(() => Client(_options with { Offline = true }).DownloadAsync("Org/Model"))).Message.ShouldContain("'org/model'");
    }

    [Fact]
    public async Task A_branch_that_is_gone_does_not_stop_one_with_its_name_before_a_slash()
    {
        _folder.Write(Path.Combine(Cache, "refs", "refs"), System.Text.Encoding.ASCII.GetBytes(FakeHub.Commit));
        Directory.Exists(await Client().DownloadAsync(Model, "refs/pr/1")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_named()
    {
        _folder.Write(Path.Combine(Cache, "blobs"), []); // a file where a folder goes
        (await Should.ThrowAsync<HubException>(() => DownloadAsync())).Message.ShouldContain("HF_HUB_CACHE");
    }

    [Fact]
    public async Task Progress_ends_with_the_size_of_every_file()
    {
        var last = new Dictionary<string, DownloadProgress>();
        await Client().DownloadAsync(Model, null, new Reporter(value => last[value.File] = value));
        last[Weights].ShouldBe(new DownloadProgress(Weights, _weights.Length, _weights.Length, 3, 3));
        last.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Names_that_leave_the_folder_are_never_written()
    {
        _hub.OtherNames.AddRange(["../evil.json", "/etc/evil.json", "1_Pooling/../../evil.json", "C:/evil.json", "a\\\\..\\\\evil.json", "1_Pooling//evil.json"]);
        await DownloadAsync();
        _hub.Requests.ShouldAllBe(request => !request.Path.Contains("evil"));
        Directory.GetFiles(_folder.Path, "*evil*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task An_etag_that_is_no_name_is_refused(string etag)
    {
        _hub.Intercept = request => request.Method == "HEAD" ? new FakeResponse(200, [1]) { Headers = [$"ETag: \"{etag}\""] } : null;
        (await Should.ThrowAsync<HubException>(() => DownloadAsync())).Message.ShouldContain("ETag");
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"sha":"../..","siblings":[]}""")]
    [InlineData("""{"sha":5,"siblings":[]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":{}}""")]
    [InlineData("""{"siblings":[]}""")]
    public async Task An_answer_that_is_no_model_is_refused(string answer)
    {
        _hub.Intercept = _ => new FakeResponse(200, Encoding.UTF8.GetBytes(answer));
        await Should.ThrowAsync<HubException>(() => DownloadAsync());
    }

    [Theory]
    [InlineData("../model")]
    [InlineData("a/b/c")]
    [InlineData("a/..")]
    [InlineData("/etc")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b\n")]
    [InlineData("a--b/c")]
    public async Task A_name_that_is_no_model_is_refused(string model)
    {
        await Should.ThrowAsync<ArgumentException>(() => Client().DownloadAsync(model));
        Should.Throw<ArgumentException>(() => Client().FindCached(model));
    }

    [Theory]
    [InlineData("../main")]
    [InlineData("/main")]
    [InlineData("a//b")]
    [InlineData("")]
    public async Task A_name_that_is_no_revision_is_refused(string revision) =>
        await Should.ThrowAsync<ArgumentException>(() => Client().DownloadAsync(Model, revision));

    private Task<string> DownloadAsync() => Client().DownloadAsync(Model);

#pragma warning disable CA2000 // The handler is the test's; the client holds nothing else.
    private HubClient Client(HubOptions? options = null) => new(options ?? _options, _handler);
#pragma warning restore CA2000

    private sealed class Reporter(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}

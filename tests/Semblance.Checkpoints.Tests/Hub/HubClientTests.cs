using System.Net;
using System.Text;

namespace Semblance.Checkpoints.Tests;

public sealed class HubClientTests : HubTest
{
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
    public async Task Two_downloads_at_once_transfer_each_file_once()
    {
        var options = _options with { Delay = (_, token) => Task.Delay(1, token) };
        var folders = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Client(options).DownloadAsync(Model))));
        folders.Distinct().ShouldHaveSingleItem();
        _hub.Storage.Count("GET").ShouldBe(1);
        _hub.Count("GET", "config.json").ShouldBe(1);
    }

    [Fact]
    public async Task A_canceled_download_is_continued_by_the_next()
    {
        using var cancellationToken = new CancellationTokenSource();
        var over = new TaskCompletionSource();
        _hub.Storage.Intercept = request => new FakeResponse(200, _weights) { CutAfter = 50_000, HoldUntil = over.Task };
        var progress = new Reporter(value =>
        {
            if (value.File == Weights && value.Received == 50_000)
            {
                cancellationToken.Cancel();
            }
        });
        await Should.ThrowAsync<OperationCanceledException>(() => Client().DownloadAsync(Model, null, progress, cancellationToken.Token));
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

    private sealed class Reporter(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}

namespace Semblance.Checkpoints.Tests;

/// <summary>Tests that files in the cache are used, checked, and repaired or reported.</summary>
public sealed class HubCacheTests : HubTest
{
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
        message.ShouldContain($"The files in the cache cannot be used: {path}");
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
}

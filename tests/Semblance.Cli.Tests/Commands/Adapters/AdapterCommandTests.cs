using Semblance.Transformers.Adapters;

namespace Semblance.Cli.Tests.Commands;

public sealed class AdapterCommandTests : IDisposable
{
    private static readonly string Base = Fixtures.Own("st/mean-normalize");
    private readonly TemporaryFolder _folder = new();

    public AdapterCommandTests()
    {
        var model = SentenceTransformer.Load(Base);
        var lora = model.AddAdapter(new LoraConfig { Rank = 2, Alpha = 4, Initialization = LoraInitialization.Random, BaseModel = Base });
        lora.Save(_folder.Of("all/first"));
        lora.Detach();
        model.AddAdapter(new PromptConfig { VirtualTokens = 3 }).Save(_folder.Of("all/second"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Adapters_are_listed_with_notes_about_those_that_cannot_be_read()
    {
        Directory.CreateDirectory(_folder.Of("all/third"));
        _folder.Write("all/third/adapter_config.json", """{"peft_type": "OFT"}""");
        var done = (await Outcome.OfAsync("adapter", "list", _folder.Of("all"))).Done();
        done.Lines.Select(line => line.Split('\t')[1]).ShouldBe(["LORA", "PROMPT_TUNING"]);
        done.Lines[0].Split('\t')[2].ShouldBe(Base);
        done.Error.ShouldContain("'peft_type' is 'OFT', which is not supported");
        (await Outcome.OfAsync("adapter", "list", _folder.Of("none"))).Error.ShouldContain("there is no such folder");
    }

    [Fact]
    public async Task An_adapter_is_described()
    {
        var text = (await Outcome.OfAsync("adapter", "info", _folder.Of("all/first"))).Done().Output;
        foreach (var part in (string[])["LORA", Base, "[query, value]", "rank:          2", "alpha:         4", "can be merged: yes"])
        {
            text.ShouldContain(part);
        }

        (await Outcome.OfAsync("adapter", "info", Base)).Error.ShouldContain("expected the folder of a PEFT adapter");
    }

    [Fact]
    public async Task Encoding_with_an_adapter_its_folder_and_the_merged_model_give_the_same()
    {
        var input = _folder.Write("texts.txt", "a red apple\n");
        var (adapter, merged) = (_folder.Of("all/first"), _folder.Of("merged"));
        (await Outcome.OfAsync("adapter", "merge", adapter, "--output", merged)).Done();
        File.Exists(Path.Combine(merged, "model.safetensors")).ShouldBeTrue();
        (await Outcome.OfAsync("adapter", "merge", adapter, "--model", Base, "--output", _folder.Of("other"))).Done();
        File.ReadAllBytes(_folder.Of("other/model.safetensors")).ShouldBe(File.ReadAllBytes(_folder.Of("merged/model.safetensors")));

        async Task<string> EncodeAsync(params string[] options) => (await Outcome.OfAsync(["encode", "--input", input, .. options])).Done().Output;
        var chosen = await EncodeAsync("--model", Base, "--adapter", adapter);
        chosen.ShouldBe(await EncodeAsync("--model", adapter));
        chosen.ShouldNotBe(await EncodeAsync("--model", Base));
        (await EncodeAsync("--model", merged))[..40].ShouldBe(chosen[..40]);
    }

    [Fact]
    public async Task What_cannot_be_done_is_one_line()
    {
        var prompt = await Outcome.OfAsync("adapter", "merge", _folder.Of("all/second"), "--output", _folder.Of("merged"));
        prompt.ErrorLines.ShouldHaveSingleItem().ShouldContain("cannot be merged into weights");
        Directory.Exists(_folder.Of("merged")).ShouldBeFalse();
        var other = await Outcome.OfAsync("encode", "--adapter", _folder.Of("all/first"), "--input", "-");
        other.ErrorLines.ShouldHaveSingleItem().ShouldContain("does not fit the model");
    }
}

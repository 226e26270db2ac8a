using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Transformers.Tests;

public sealed class DecoderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");
    private readonly SafetensorsFile _expected = SafetensorsFile.Open(Fixtures.Own("tsdae/expected.safetensors"));
    private readonly SafetensorsFile _recorded = SafetensorsFile.Open(Fixtures.Own("tsdae/decoder.safetensors"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Logits_over_several_states_equal_the_recorded_ones(bool tied) => Check(Decoder.FromEncoder(Encoder(), tied, _recorded));

    [Fact]
    public void A_decoder_from_a_file_with_the_names_of_the_original_is_the_same()
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in Decoder.FromEncoder(Encoder(), initial: _recorded).Parameters())
        {
            writer.Add(name, tensor);
        }

        writer.Save(Path.Combine(_folder.FullName, "model.safetensors"));
        var config = File.ReadAllText(Fixtures.Own("losses/model/config.json")).Replace("\"use_cache\": true", "\"is_decoder\": true, \"add_cross_attention\": true", StringComparison.Ordinal);
        config.ShouldContain("is_decoder");
        File.WriteAllText(Path.Combine(_folder.FullName, "config.json"), config);

        Check(Decoder.Load(ConfigurationFile.Read(Path.Combine(_folder.FullName, "config.json")), Checkpoint.Open(_folder.FullName)));
        Should.Throw<ModelFormatException>(() => Transformer.Load(_folder.FullName)).Message.ShouldContain("Decoder.Load");
    }

    [Fact]
    public void A_checkpoint_without_cross_attention_is_refused_with_the_name_of_what_is_missing() =>
        Should.Throw<ModelFormatException>(() => Decoder.Load(
            ConfigurationFile.Read(Fixtures.Own("losses/model/config.json")), Checkpoint.Open(Fixtures.Own("losses/model")))).Message.ShouldContain("encoder.layer.0.crossattention.self.query.weight");

    [Fact]
    public void What_the_initial_checkpoint_lacks_starts_by_chance()
    {
        var head = Decoder.FromEncoder(Encoder(), initial: _recorded, seed: 1).Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        var chance = Decoder.FromEncoder(Encoder(), initial: SafetensorsFile.Open(Fixtures.Own("losses/model/model.safetensors")), seed: 1).Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        head.Keys.ShouldBe(chance.Keys);
        foreach (var name in _recorded.Tensors.Select(tensor => tensor.Name))
        {
            head[name].Values.ToArray().ShouldBe(_recorded.Read(name).Values.ToArray());
            chance[name].Values.ToArray().ShouldNotBe(head[name].Values.ToArray(), name);
        }
    }

    [Fact]
    public void A_tied_decoder_shares_all_of_the_encoder_and_an_untied_one_none()
    {
        var encoder = Encoder();
        var shared = encoder.Parameters().Where(parameter => !parameter.Name.StartsWith("pooler.", StringComparison.Ordinal)).ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        var tied = Decoder.FromEncoder(encoder).Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        var copied = Decoder.FromEncoder(encoder, tied: false).Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        foreach (var (name, tensor) in shared)
        {
            tied["bert." + name].ShouldBeSameAs(tensor);
            copied["bert." + name].ShouldNotBeSameAs(tensor);
            copied["bert." + name].Values.ToArray().ShouldBe(tensor.Values.ToArray());
        }
    }

    [Fact]
    public void A_token_knows_nothing_of_those_after_it()
    {
        var decoder = Decoder.FromEncoder(Encoder(), initial: _recorded);
        float[] First(params int[] ids)
        {
            using var run = new Computation();
            return decoder.Forward(run, PackedBatch.From([ids]), Tensor.From(_expected.Read("cross.states").Row(0), 1, 32)).Values[..(3 * 32)].ToArray();
        }

        First(2, 50, 60, 70, 80).ShouldBe(First(2, 50, 60, 71, 3, 3));
        First(2, 50, 60, 70).ShouldNotBe(First(2, 51, 60, 70));
    }

    [Fact]
    public void States_that_do_not_fit_are_named()
    {
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => Decoder.FromEncoder(Encoder()).Forward(run, PackedBatch.From([[2, 3]]), Tensor.Zeros(2, 32))).Message.ShouldContain("[1 × 32]");
    }

    private static Transformer Encoder() => Transformer.Load(Fixtures.Own("losses/model"));

    private void Check(Decoder decoder)
    {
        using var batch = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("tsdae/batch.json")));
        var cross = batch.RootElement.GetProperty("cross");
        int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];
        var tokens = PackedBatch.From([.. cross.GetProperty("ids").EnumerateArray().Select(Numbers)]);
        var encoded = PackedBatch.From([.. Numbers(cross.GetProperty("states")).Select(count => new int[count])]);
        using var run = new Computation();
        var logits = decoder.Logits(run, decoder.Forward(run, tokens, _expected.Read("cross.states"), encoded));
        var expected = _expected.Read("cross.logits");
        logits.Shape.ToArray().ShouldBe(expected.Shape.ToArray());
        for (var i = 0; i < expected.Length; i++)
        {
            logits.Values[i].ShouldBe(expected.Values[i], 2e-5f);
        }
    }
}
